using System.Formats.Tar;
using System.IO.Compression;
using MLNetPerson.Files;

namespace MLNetPerson.Training.Datasets.Import;

/// <summary>Unpacks .zip, .tar and .tar.gz, after every entry has been looked at: what would lead out of the folder, or is a link, ends it
/// before it begins.</summary>
internal static class Archive
{
    private const int UnixLink = 0xA000;
    private const int UnixKind = 0xF000;

    /// <summary>Holds the archive's hash, so that the same one is not unpacked twice.</summary>
    private const string Stamp = ".unpacked-from";

    public static bool Is(string path) =>
        File.Exists(path) && (Ends(path, ".zip") || Ends(path, ".tar") || Ends(path, ".tar.gz") || Ends(path, ".tgz"));

    /// <summary>Unpacks into <paramref name="folder"/>, whole or not at all; what an earlier run unpacked there is kept.</summary>
    /// <exception cref="DatasetException">An entry is refused, all of them are named; the archive is damaged; or the folder holds something
    /// else.</exception>
    public static void Unpack(string path, string folder, CancellationToken cancellation)
    {
        try
        {
            var hash = Sha256Text.OfFile(path);
            var stamp = Path.Combine(folder, Stamp);
            if (File.Exists(stamp) && File.ReadAllText(stamp) == hash)
            {
                return;
            }

            if (Directory.Exists(folder) && !File.Exists(stamp))
            {
                throw new DatasetException(
                    $"'{folder}' is there already and was not unpacked from '{path}'. Move it away, or give the source another name."
                );
            }

            var faults = new ImportFaults(path);
            ForEach(
                path,
                (name, isFile, isLink, _) =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    if ((isLink ? $"'{name}' is a link" : PictureRoot.NameFault(name.TrimEnd('/'))) is { } fault)
                    {
                        faults.Add("entry", fault);
                    }
                }
            );
            faults.Throw();
            AtomicFolder.Write(
                folder,
                temporary =>
                {
                    ForEach(
                        path,
                        (name, isFile, _, open) =>
                        {
                            cancellation.ThrowIfCancellationRequested();
                            if (isFile)
                            {
                                var target = Path.Combine(temporary, name);
                                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                                using var from = open();
                                using var to = new FileStream(target, FileMode.CreateNew);
                                from.CopyTo(to);
                            }
                        }
                    );
                    File.WriteAllText(Path.Combine(temporary, Stamp), hash);
                }
            );
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or FormatException)
        {
            throw new DatasetException($"'{path}' cannot be unpacked: {exception.Message} Fetch it again.", exception);
        }
    }

    private static bool Ends(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    private static void ForEach(string path, Action<string, bool, bool, Func<Stream>> visit)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (Ends(path, ".zip"))
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read);
            foreach (var entry in zip.Entries)
            {
                visit(
                    entry.FullName.Replace('\\', '/'),
                    !entry.FullName.EndsWith('/'),
                    ((entry.ExternalAttributes >> 16) & UnixKind) == UnixLink,
                    entry.Open
                );
            }

            return;
        }

        using var plain = Ends(path, ".tar") ? (Stream)file : new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(plain);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
            {
                continue;
            }

            var isFile = entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile;
            visit(entry.Name, isFile, !isFile && entry.EntryType is not TarEntryType.Directory, () => entry.DataStream ?? Stream.Null);
        }
    }
}
