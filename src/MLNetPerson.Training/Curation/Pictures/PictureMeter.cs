using System.Collections.Concurrent;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Curation.Pictures;

/// <summary>Measures pictures: each is decoded once, small.</summary>
public sealed class PictureMeter
{
    /// <summary>Longer side of what is measured, in pixels: the measures of a photograph and of its enlarged copy are alike then.</summary>
    public const int MeasuredSide = 256;

    private readonly ImageReader _reader;

    /// <summary>A meter with limits on what a picture may ask for.</summary>
    public PictureMeter(ImageLimits? limits = null) => _reader = new ImageReader(limits);

    /// <summary>Measures one encoded picture.</summary>
    /// <param name="picture">The file's bytes.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <exception cref="ImageException">Not a picture that can be decoded within the limits.</exception>
    public PictureMeasures Measure(ReadOnlySpan<byte> picture, string name = "picture")
    {
        var header = _reader.ReadHeader(picture, name);
        var scale = Math.Min(1, (double)MeasuredSide / Math.Max(header.Width, header.Height));
        var spec = new ImageSpec(Math.Max(1, (int)Math.Round(header.Width * scale)), Math.Max(1, (int)Math.Round(header.Height * scale)));
        var rgb = new byte[spec.ByteCount];
        _reader.ReadResized(picture, spec, rgb, name);
        var grey = GreyPixels.Of(rgb);
        var thumbnail = Thumbnails.Shrink(rgb, spec);
        var (mean, deviation) = GreyPixels.MeanAndDeviation(grey);
        return new PictureMeasures
        {
            Sha256 = Sha256Text.OfBytes(picture),
            Width = header.Width,
            Height = header.Height,
            MeanGrey = mean,
            Contrast = deviation,
            Blur = BlurMeasure.Of(grey, spec.Width, spec.Height),
            Hash = PerceptualHash.Of(thumbnail),
            Thumbnail = thumbnail,
        };
    }

    /// <summary>Measures many pictures on all cores.</summary>
    /// <param name="samples">In the order of the result.</param>
    /// <param name="progress">Told after each picture, from several threads.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    /// <returns>For each sample its measures, or the reason why it cannot be read.</returns>
    public (PictureMeasures? Measures, ImageException? Error)[] MeasureMany(
        IReadOnlyList<Sample> samples,
        IProgress<FeatureProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var results = new (PictureMeasures?, ImageException?)[samples.Count];
        var (done, bad) = (0, 0);
        Parallel.ForEach(
            Partitioner.Create(Enumerable.Range(0, samples.Count), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { CancellationToken = cancellation },
            index =>
            {
                try
                {
                    results[index] = (Measure(_reader.ReadBytes(samples[index].Path), samples[index].File), null);
                }
                catch (ImageException exception)
                {
                    results[index] = (null, exception);
                    Interlocked.Increment(ref bad);
                }

                progress?.Report(new FeatureProgress(Interlocked.Increment(ref done), samples.Count, 0, bad));
            }
        );
        return results;
    }
}
