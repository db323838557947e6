using MLNetPerson.Images;
using MLNetPerson.Prediction;

namespace MLNetPerson.Training.Reports;

/// <summary>Makes pictures small enough for a page, with a heat map where there can be one.</summary>
/// <param name="classifier">That explains; null for photos alone.</param>
internal sealed class Thumbnail(PersonClassifier? classifier)
{
    private const int Side = 240;
    private const int Quality = 72;
    private readonly ImageReader _reader = new();

    /// <summary>A picture that cannot be read any more comes out without pixels.</summary>
    public ReportPicture Of(string file, string path, double probability)
    {
        try
        {
            var bytes = _reader.ReadBytes(path);
            var header = _reader.ReadHeader(bytes, path);
            var scale = Math.Min(1, (double)Side / Math.Max(header.Width, header.Height));
            var spec = new ImageSpec(
                Math.Max(1, (int)Math.Round(header.Width * scale)),
                Math.Max(1, (int)Math.Round(header.Height * scale))
            );
            var small = new RgbImage(spec.Width, spec.Height, new byte[spec.ByteCount]);
            _reader.ReadResized(bytes, spec, small.Pixels, path);
            return new ReportPicture(
                file,
                probability,
                [.. ImageWriter.EncodeJpeg(small, Quality)],
                classifier?.Package.Manifest.Explanation is null
                    ? []
                    : [.. ImageWriter.EncodeJpeg(ActivationOverlay.Heat(small, classifier.Explain(bytes, path)), Quality)]
            );
        }
        catch (ImageException)
        {
            return new ReportPicture(file, probability, [], []);
        }
    }
}
