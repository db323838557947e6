using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Features;

/// <summary>Reads a sample's picture and says its hash.</summary>
internal static class PictureFile
{
    /// <summary>The hash of a sample's picture where it is known without reading it: the dataset says it, or a process of the shared folder
    /// has read a file of that name, length and time.</summary>
    /// <param name="sample">Whose picture.</param>
    /// <param name="ledger">The shared folder's, or null.</param>
    /// <param name="key">Receives what <see cref="NameLedger.Add"/> wants once the picture is read, or null.</param>
    public static string? Known(Sample sample, NameLedger? ledger, out byte[]? key)
    {
        key = sample.Sha256 is null ? ledger?.Key(sample) : null;
        return sample.Sha256 ?? (key is null ? null : ledger!.Find(key));
    }

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
                $"it has SHA-256 {sha256[..12]}…, the dataset says {sample.Sha256[..12]}…: it changed after it was listed. List it anew, "
                    + "or restore it."
            );
    }
}
