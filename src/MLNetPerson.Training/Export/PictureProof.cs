using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Export;

/// <summary>
/// Asks a model for its answers on many pictures, as the product would: decoded, fitted, one picture a run, on all cores. Sums of bytes are
/// exact, so an encoding for processors that add exactly is judged by what it answers there, whichever processor this one is.
/// </summary>
/// <param name="input">What the model takes.</param>
/// <param name="limits">What a picture may ask for.</param>
internal sealed class PictureProof(ImageSpec input, ImageLimits limits)
{
    /// <summary>Pictures are asked for again and again; so many bytes of them are kept, the rest is decoded anew each time.</summary>
    private const long MostKept = 96L << 20;

    private readonly ImageReader _reader = new(limits);
    private readonly ConcurrentDictionary<string, byte[]> _kept = new(StringComparer.Ordinal);
    private long _keptBytes;
    private readonly ConcurrentDictionary<string, string> _bad = new(StringComparer.Ordinal);

    /// <summary>Pictures that could not be used so far, with the reason.</summary>
    public ImmutableArray<SkippedSample> Skipped(IEnumerable<Sample> samples) =>
        [.. samples.Where(sample => _bad.ContainsKey(sample.Path)).Select(sample => new SkippedSample(sample, _bad[sample.Path]))];

    /// <summary>A picture as the model sees it: [height, width, 3] bytes, not to be changed; null where it cannot be used.</summary>
    public byte[]? Pixels(Sample sample)
    {
        if (_bad.ContainsKey(sample.Path))
        {
            return null;
        }

        if (_kept.TryGetValue(sample.Path, out var kept))
        {
            return kept;
        }

        try
        {
            var pixels = new byte[input.ByteCount];
            _reader.ReadResized(_reader.ReadBytes(sample.Path), input, pixels, sample.File);
            if (Interlocked.Add(ref _keptBytes, pixels.Length) <= MostKept)
            {
                _kept[sample.Path] = pixels;
            }

            return pixels;
        }
        catch (ImageException exception)
        {
            _bad[sample.Path] = exception.Reason;
            return null;
        }
    }

    /// <summary>One probability for each sample; NaN where the picture cannot be used.</summary>
    /// <param name="model">The file's bytes.</param>
    /// <param name="samples">In the order of the result.</param>
    /// <param name="progress">Told of every picture, from several threads.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public double[] Probabilities(byte[] model, IReadOnlyList<Sample> samples, Action<int>? progress, CancellationToken cancellation)
    {
        var probabilities = new double[samples.Count];
        using var loaded = OnnxModel.Load(model, "the encoding");
        var done = 0;
        try
        {
            Parallel.ForEach(
                Partitioner.Create(Enumerable.Range(0, samples.Count), EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { CancellationToken = cancellation },
                index =>
                {
                    probabilities[index] = double.NaN;
                    if (Pixels(samples[index]) is { } pixels)
                    {
                        var probability = new float[1];
                        loaded.Run<byte>(pixels, [1, input.Height, input.Width, 3], probability);
                        probabilities[index] = probability[0];
                    }

                    progress?.Invoke(Interlocked.Increment(ref done));
                }
            );
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        return probabilities;
    }
}
