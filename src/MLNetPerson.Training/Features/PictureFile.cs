using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Features;

/// <summary>Reads a sample's picture and says its hash.</summary>
internal static class PictureFile
{
    /// <param name="reader">With limits.</param>
    /// <param name="sample">Whose picture is read.</param>
    /// <param name="sha256">Of the bytes that were read.</param>
    /// <exception cref="ImageException">It cannot be read, or it is another picture than the dataset says.</exception>
    public static byte[] Read(ImageReader reader, Sample sample, out string sha256)
    {
        var bytes = reader.ReadBytes(sample.Path);
        sha256 = Sha256Text.OfBytes(bytes);
        return sample.Sha256 is null || sample.Sha256 == sha256
            ? bytes
            : throw new ImageException(
                ImageFault.Unreadable,
                sample.File,
                $"it has SHA-256 {sha256[..12]}…, the dataset says {sample.Sha256[..12]}…: it changed after it was listed. List it "
                    + $"anew, or "
                    + $"restore it."
            );
    }
}
