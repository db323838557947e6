using System.Formats.Tar;
using System.Globalization;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Testing;

/// <summary>Writes tar archives in WebDataset's layout.</summary>
public static class TarShards
{
    /// <summary>Writes members in order.</summary>
    public static void Write(string path, params (string Name, byte[] Bytes)[] members)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        using var tar = new TarWriter(file, TarEntryFormat.Ustar);
        foreach (var (name, bytes) in members)
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
        }
    }

    /// <summary>Packs a dataset's pictures, so many in each archive, and names the archives "train-000.tar" and so on.</summary>
    public static void Pack(Dataset dataset, string folder, int perArchive, bool withHashes = false)
    {
        foreach (var (samples, number) in dataset.Samples.Chunk(perArchive).Select((samples, number) => (samples, number)))
        {
            Write(
                Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"train-{number:000}.tar")),
                [
                    .. samples.SelectMany(
                        (sample, i) =>
                            ((string, byte[])[])
                                [
                                    ($"{number:000}{i:000}{Path.GetExtension(sample.Path)}", File.ReadAllBytes(sample.Path)),
                                    withHashes
                                        ? (
                                            $"{number:000}{i:000}.json",
                                            System.Text.Encoding.UTF8.GetBytes(
                                                $"{{ \"label\": {(sample.IsPerson ? 1 : 0)}, \"sha256\": "
                                                    + $"\"{Files.Sha256Text.OfFile(sample.Path)}\" }}"
                                            )
                                        )
                                        : ($"{number:000}{i:000}.cls", sample.IsPerson ? "1"u8.ToArray() : "0"u8.ToArray()),
                                ]
                    ),
                ]
            );
        }
    }
}
