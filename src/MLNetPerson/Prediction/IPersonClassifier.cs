using MLNetPerson.Images;
using MLNetPerson.Inference;

namespace MLNetPerson;

/// <summary>
/// Answers without holding the caller's thread: a <see cref="PersonClassifier"/> of one's own, or one that many callers share
/// (<c>services.AddPersonClassifier</c>). What applications ask for in their constructors, and replace in their tests.
/// </summary>
public interface IPersonClassifier
{
    /// <summary>Answers for an encoded picture.</summary>
    /// <param name="picture">The content of a JPEG, PNG, WebP, GIF, TIFF, BMP or AVIF file; must not change before the answer.</param>
    /// <param name="cancellation">Gives the question up while it is waiting.</param>
    /// <exception cref="ImageException">Not a picture that can be decoded within the limits.</exception>
    /// <exception cref="OnnxModelException">The model failed.</exception>
    Task<PersonPrediction> PredictAsync(ReadOnlyMemory<byte> picture, CancellationToken cancellation = default);

    /// <summary>Answers for a picture file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Gives the question up while it is waiting.</param>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    Task<PersonPrediction> PredictAsync(string path, CancellationToken cancellation = default);

    /// <summary>Answers for an encoded picture in a stream (a request's body), which is read to its end and stays open.</summary>
    /// <param name="stream">Read up to the limit on bytes.</param>
    /// <param name="cancellation">Ends the reading, or gives the question up while it is waiting.</param>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    Task<PersonPrediction> PredictAsync(Stream stream, CancellationToken cancellation = default);

    /// <summary>Answers for pixels, a camera frame say.</summary>
    /// <param name="rgb">[height, width, 3] upright sRGB bytes 0–255; must not change before the answer.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="cancellation">Gives the question up while it is waiting.</param>
    /// <exception cref="ArgumentException">The length is not height × width × 3.</exception>
    Task<PersonPrediction> PredictAsync(ReadOnlyMemory<byte> rgb, int width, int height, CancellationToken cancellation = default);
}
