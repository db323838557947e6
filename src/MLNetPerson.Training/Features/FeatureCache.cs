using System.Runtime.InteropServices;
using MLNetPerson.Files;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Features;

/// <summary>
/// Features on disk, by the picture's hash; one folder per feature network and preprocessing. Each run appends to a file of
/// its own, record by record with a checksum, so that an interrupted run loses at most the record it was writing, and runs
/// side by side do not meet.
/// </summary>
internal sealed class FeatureCache : IDisposable
{
    private const string Ending = ".features";

    private readonly RecordFolder _records;

    /// <summary>Opens the cache below <paramref name="folder"/>, which is created where missing.</summary>
    /// <param name="folder">Named after everything that the features depend on but the picture.</param>
    /// <param name="width">Number of features.</param>
    public FeatureCache(string folder, int width) => _records = Records(folder, width, null);

    /// <summary>The records themselves.</summary>
    /// <param name="folder">As above.</param>
    /// <param name="width">Number of features.</param>
    /// <param name="shard">Only records of this shard's pictures are indexed; null for all.</param>
    public static RecordFolder Records(string folder, int width, Shard? shard) =>
        new(folder, width * sizeof(float), Ending, shard is null or { IsWhole: true } ? null : shard.Owns);

    /// <summary>Copies a picture's features to <paramref name="row"/>; false where they are not there or damaged.</summary>
    public bool TryRead(ReadOnlySpan<char> sha256, Span<float> row)
    {
        Span<byte> hash = stackalloc byte[RecordFolder.HashBytes];
        Convert.FromHexString(sha256, hash, out _, out _);
        return _records.TryRead(hash, MemoryMarshal.AsBytes(row));
    }

    /// <summary>Appends a picture's features.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Write(ReadOnlySpan<char> sha256, ReadOnlySpan<float> row)
    {
        Span<byte> hash = stackalloc byte[RecordFolder.HashBytes];
        Convert.FromHexString(sha256, hash, out _, out _);
        _records.Write(hash, MemoryMarshal.AsBytes(row));
    }

    public void Dispose() => _records.Dispose();
}
