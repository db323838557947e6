using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNetPerson.Files;
using MLNetPerson.Training.Features;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Curation.Neighbours;

/// <summary>
/// The search for neighbours in parts: each process writes one file, named after the vectors, its part and how many there are, whole or not
/// at all. Whoever has the vectors and finds all parts joins them, and else searches himself.
/// </summary>
internal static class SharedNeighbours
{
    private const string Ending = ".neighbours";

    /// <summary>Searches one part.</summary>
    /// <returns>Pairs in it.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static int Write(string folder, FeatureTable vectors, int count, float least, Shard shard, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, Name(vectors, count, least, shard));
        if (Read(path, vectors.Rows) is { } there)
        {
            return there.Length;
        }

        var pairs = NeighbourSearch.Nearest(vectors, count, least, shard, cancellation).Select(pair => new Pair(pair)).ToArray();
        var bytes = MemoryMarshal.AsBytes(pairs.AsSpan());
        byte[] file = [.. SHA256.HashData(bytes), .. bytes];
        AtomicFile.WriteBytes(path, file);
        return pairs.Length;
    }

    /// <summary>All pairs: joined from parts where all of them are there, else searched for.</summary>
    public static List<(int First, int Second, float Cosine)> Merge(
        string folder,
        FeatureTable vectors,
        int count,
        float least,
        CancellationToken cancellation
    )
    {
        foreach (var parts in Counts(folder, vectors, count, least))
        {
            var all = Enumerable
                .Range(1, parts)
                .Select(number => Read(Path.Combine(folder, Name(vectors, count, least, new Shard(number, parts))), vectors.Rows))
                .ToList();
            if (all.All(part => part is not null))
            {
                var nearest = new NearestLists(vectors.Rows, count, least);
                foreach (var pair in all.SelectMany(part => part!))
                {
                    nearest.Offer(pair.First, pair.Second, pair.Cosine);
                }

                return nearest.Pairs();
            }
        }

        return NeighbourSearch.Nearest(vectors, count, least, cancellation);
    }

    /// <summary>How many parts the search was divided into, by the files that are there.</summary>
    private static IEnumerable<int> Counts(string folder, FeatureTable vectors, int count, float least) =>
        Directory
            .EnumerateFiles(folder, Key(vectors, count, least) + "-*" + Ending)
            .Select(file => Path.GetFileNameWithoutExtension(file).Split('-')[^1])
            .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parts) ? parts : 0)
            .Where(parts => parts > 0)
            .Distinct()
            .Order();

    private static string Name(FeatureTable vectors, int count, float least, Shard shard) =>
        string.Create(CultureInfo.InvariantCulture, $"{Key(vectors, count, least)}-{shard.Number}-of-{shard.Count}{Ending}");

    /// <summary>Over the vectors themselves, in order: another picture, and all parts are others.</summary>
    private static string Key(FeatureTable vectors, int count, float least)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(vectors.Values.AsSpan()));
        hash.AppendData(
            System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{vectors.Width} {count} {least}"))
        );
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>A part, or null where it is not there or damaged.</summary>
    private static Pair[]? Read(string path, int rows)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < SHA256.HashSizeInBytes || (bytes.Length - SHA256.HashSizeInBytes) % Marshal.SizeOf<Pair>() != 0)
        {
            return null;
        }

        var content = bytes.AsSpan(SHA256.HashSizeInBytes);
        var pairs = MemoryMarshal.Cast<byte, Pair>(content).ToArray();
        return
            SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(0, SHA256.HashSizeInBytes))
            && pairs.All(pair => pair.First >= 0 && pair.First < pair.Second && pair.Second < rows)
            ? pairs
            : null;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly struct Pair((int First, int Second, float Cosine) pair)
    {
        public readonly int First = pair.First;
        public readonly int Second = pair.Second;
        public readonly float Cosine = pair.Cosine;
    }
}
