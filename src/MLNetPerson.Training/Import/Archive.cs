using System.Formats.Tar;
using System.IO.Compression;
using MLNetPerson.Files;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>Unpacks .zip, .tar and .tar.gz, after every entry has been looked at: what would lead out of the folder, or is a link, ends it
/// before it begins. Hidden entries and those of the system (<c>__MACOSX</c>) are not unpacked. Permissions are not taken over.</summary>
internal static class Archive
{
    private const int UnixKind = 0xF000;
    private const int UnixLink = 0xA000;
    private const int UnixFolder = 0x4000;
    private const int DosFolder = 0x10;

    /// <summary>Holds the archive's hash, so that the same one is not unpacked twice.</summary>
    internal const string Stamp = ".unpacked-from";

    private enum EntryKind
    {
        File,
        Folder,
        Link,
        Other,
    }

    public static bool Is(string path) =>
        File.Exists(path) && (Ends(path, ".zip") || Ends(path, ".tar") || Ends(path, ".tar.gz") || Ends(path, ".tgz"));

    /// <summary>Unpacks into <paramref name="folder"/>, whole or not at all; what an earlier run unpacked there is kept.</summary>
    /// <returns>The entries that were passed over.</returns>
    /// <exception cref="DatasetException">An entry is refused, all of them are named; the archive is damaged; or the folder holds something
    /// else.</exception>
    public static List<PassedOver> Unpack(string path, string folder, CancellationToken cancellation)
    {
        try
        {
            var hash = Sha256Text.OfFile(path);
            var stamp = Path.Combine(folder, Stamp);
            if (Directory.Exists(folder) && !File.Exists(stamp))
            {
                throw new DatasetException(
                    $"'{folder}' is there already and was not unpacked from '{path}'. Move it away, or give the source another name."
                );
            }

            var passedOver = Check(path, cancellation);
            if (!File.Exists(stamp) || File.ReadAllText(stamp) != hash)
            {
                AtomicFolder.Write(
                    folder,
                    temporary =>
                    {
                        Extract(path, temporary, cancellation);
                        File.WriteAllText(Path.Combine(temporary, Stamp), hash);
                    }
                );
            }

            return passedOver;
        }
        catch (Exception exception)
            when (exception is InvalidDataException or FormatException or NotSupportedException or EndOfStreamException)
        {
            throw new DatasetException(
                $"'{path}' cannot be unpacked: {exception.Message} Fetch it again, or unpack it with the tool that made it.",
                exception
            );
        }
        catch (IOException exception)
        {
            throw new DatasetException($"'{path}' cannot be unpacked: {exception.Message}", exception);
        }
    }

    private static List<PassedOver> Check(string path, CancellationToken cancellation)
    {
        List<PassedOver> passedOver = [];
        var faults = new ImportFaults(path);
        Dictionary<string, EntryKind> seen = new(RealPaths.Comparer);
        ForEach(
            path,
            (name, kind, _) =>
            {
                cancellation.ThrowIfCancellationRequested();
                if (kind == EntryKind.Link)
                {
                    faults.Add("entry", $"'{name}' is a link; pack the files themselves");
                }
                else if (PictureRoot.NameFault(name) is { } fault)
                {
                    faults.Add("entry", fault);
                }
                else if (kind == EntryKind.Other)
                {
                    faults.Add("entry", $"'{name}' is neither a file nor a folder");
                }
                else if (Reason(name) is { } reason)
                {
                    passedOver.Add(new PassedOver(name, reason));
                }
                else if (!seen.TryAdd(name, kind) && (kind == EntryKind.File || seen[name] == EntryKind.File))
                {
                    faults.Add("entry", $"'{name}' is in the archive twice");
                }
            }
        );
        foreach (var (name, kind) in seen.Where(entry => entry.Value == EntryKind.File))
        {
            for (var end = name.LastIndexOf('/'); end > 0; end = name.LastIndexOf('/', end - 1))
            {
                if (seen.GetValueOrDefault(name[..end], EntryKind.Folder) == EntryKind.File)
                {
                    faults.Add("entry", $"'{name[..end]}' is a file, and '{name}' lies below it");
                }
            }
        }

        faults.Throw();
        return passedOver;
    }

    private static void Extract(string path, string folder, CancellationToken cancellation) =>
        ForEach(
            path,
            (name, kind, open) =>
            {
                cancellation.ThrowIfCancellationRequested();
                if (kind == EntryKind.File && Reason(name) is null)
                {
                    var target = Path.Combine(folder, name);
                    Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                    using var from = open();
                    using var to = new FileStream(target, FileMode.CreateNew);
                    from.CopyTo(to);
                }
            }
        );

    /// <summary>Why an entry is not unpacked: its own name or that of a folder above it.</summary>
    private static string? Reason(string name) =>
        name.Split('/').Select(PictureFolder.ReasonByName).FirstOrDefault(reason => reason is not null);

    private static bool Ends(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    /// <summary>Old Windows tools write '\', tar writes "./a", some write "a//b"; a folder may end with a separator.</summary>
    private static string Plain(string name)
    {
        name = name.Replace('\\', '/');
        var parts = string.Join('/', name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."));
        return name.StartsWith('/') ? "/" + parts : parts;
    }

    private static void ForEach(string path, Action<string, EntryKind, Func<Stream>> visit)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (Ends(path, ".zip"))
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: false, new ArchiveNames());
            foreach (var entry in zip.Entries.Where(entry => Plain(entry.FullName).Length > 0))
            {
                var name = Plain(entry.FullName);
                visit(name, Kind(entry), () => new CheckedStream(entry.Open(), entry.Crc32, name));
            }

            return;
        }

        using var plain = Ends(path, ".tar") ? (Stream)file : new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(plain);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is not TarEntryType.GlobalExtendedAttributes && Plain(entry.Name).Length > 0)
            {
                visit(Plain(entry.Name), Kind(entry), () => entry.DataStream ?? Stream.Null);
            }
        }
    }

    private static EntryKind Kind(ZipArchiveEntry entry) =>
        ((entry.ExternalAttributes >> 16) & UnixKind) switch
        {
            UnixLink => EntryKind.Link,
            UnixFolder => EntryKind.Folder,
            // Bit 4 is MS-DOS' mark of a folder; tools that write no folder's mark end its name with a separator.
            _ => entry.FullName is [.., '/' or '\\'] || (entry.Length == 0 && (entry.ExternalAttributes & DosFolder) != 0)
                ? EntryKind.Folder
                : EntryKind.File,
        };

    private static EntryKind Kind(TarEntry entry) =>
        entry.EntryType switch
        {
            TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile => EntryKind.File,
            TarEntryType.Directory or TarEntryType.DirectoryList => EntryKind.Folder,
            TarEntryType.SymbolicLink or TarEntryType.HardLink => EntryKind.Link,
            _ => EntryKind.Other,
        };
}
