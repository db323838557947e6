using MLNetPerson.Images;
using MLNetPerson.Inference;

namespace MLNetPerson;

/// <summary>Finds persons without holding the caller's thread. What applications ask for in their constructors, and replace in their
/// tests.</summary>
public interface IPersonDetector
{
    /// <summary>Finds the persons in an encoded picture.</summary>
    /// <param name="picture">The content of a JPEG, PNG, WebP, GIF, TIFF, BMP or AVIF file; must not change before the answer.</param>
    /// <param name="cancellation">Gives the question up while it is waiting.</param>
    /// <exception cref="ImageException">Not a picture that can be decoded within the limits.</exception>
    /// <exception cref="OnnxModelException">The model failed.</exception>
    Task<PersonDetections> DetectAsync(ReadOnlyMemory<byte> picture, CancellationToken cancellation = default);

    /// <summary>Finds the persons in a picture file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Gives the question up while it is waiting.</param>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    Task<PersonDetections> DetectAsync(string path, CancellationToken cancellation = default);

    /// <summary>Finds the persons in an encoded picture in a stream (a request's body), which is read to its end and stays open.</summary>
    /// <param name="stream">Read up to the limit on bytes.</param>
    /// <param name="cancellation">Ends the reading, or gives the question up while it is waiting.</param>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    Task<PersonDetections> DetectAsync(Stream stream, CancellationToken cancellation = default);

    /// <summary>Finds the persons in pixels, a camera frame say.</summary>
    /// <param name="rgb">[height, width, 3] upright sRGB bytes 0–255; must not change before the answer.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="cancellation">Gives the question up while it is waiting.</param>
    /// <exception cref="ArgumentException">The length is not height × width × 3.</exception>
    Task<PersonDetections> DetectAsync(ReadOnlyMemory<byte> rgb, int width, int height, CancellationToken cancellation = default);
}
