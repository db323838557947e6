using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Features;

/// <summary>
/// Which content stood behind which name, in a folder that many processes share: what one of them has read, the others need not read to
/// know whose it is. A name counts with the file's length and time, as for rsync and make: a file that changed has another time.
/// </summary>
/// <remarks>Memory: that of <see cref="RecordFolder"/> for each name.</remarks>
internal sealed class NameLedger : IDisposable
{
    private const string Ending = ".names";

    /// <summary>Between two looks at what others have written.</summary>
    private const long RefreshMilliseconds = 10_000;

    private readonly RecordFolder _records;
    private readonly ConcurrentDictionary<string, (long Length, long Ticks)> _archives = new(StringComparer.Ordinal);
    private long _refreshed = Environment.TickCount64;

    /// <param name="folder">The shared folder.</param>
    public NameLedger(string folder) => _records = new RecordFolder(folder, SHA256.HashSizeInBytes, Ending);

    /// <summary>What a sample's name is known by, or null where there is no such file.</summary>
    public byte[]? Key(Sample sample)
    {
        try
        {
            var isPart = FilePart.TryParse(sample.Path, out var archive, out var offset, out var length);
            var (bytes, ticks) = isPart ? _archives.GetOrAdd(archive, Stamp) : Stamp(sample.Path);
            return SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Create(CultureInfo.InvariantCulture, $"{sample.File}\n{bytes}\n{ticks}\n{(isPart ? offset : 0)}\n{length}")
                )
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // whoever reads the picture says what is wrong with it
        }
    }

    /// <summary>The content's SHA-256 that was read under a key, in lower case, or null.</summary>
    public string? Find(byte[] key)
    {
        var last = Interlocked.Read(ref _refreshed);
        if (
            Environment.TickCount64 - last > RefreshMilliseconds
            && Interlocked.CompareExchange(ref _refreshed, Environment.TickCount64, last) == last
        )
        {
            _records.Refresh();
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        return _records.TryRead(key, hash) ? Convert.ToHexStringLower(hash) : null;
    }

    /// <summary>Notes what was read.</summary>
    public void Add(byte[] key, string sha256) => _records.Write(key, Convert.FromHexString(sha256));

    public void Dispose() => _records.Dispose();

    private static (long Length, long Ticks) Stamp(string path)
    {
        var file = new FileInfo(path);
        return (file.Length, file.LastWriteTimeUtc.Ticks);
    }
}
