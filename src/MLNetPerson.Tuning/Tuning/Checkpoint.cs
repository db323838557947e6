using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MLNetPerson.Files;

namespace MLNetPerson.Tuning;

/// <summary>
/// All that a run needs to go on to the same bytes: place, history, weights, moments, averages. One file, replaced as a whole, with its own
/// hash at the end.
/// </summary>
internal sealed record Checkpoint
{
    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("MLNPTUN1");

    /// <summary>Everything that decides the run: another recipe, network, dataset or library has another key.</summary>
    public required string Key { get; init; }

    /// <summary>From 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Steps done in that epoch.</summary>
    public required int Batch { get; init; }

    /// <summary>Steps done in all.</summary>
    public required long Step { get; init; }

    /// <summary>Sum of this epoch's losses so far.</summary>
    public required double LossSum { get; init; }

    /// <summary>Seconds spent so far.</summary>
    public required double Seconds { get; init; }

    /// <summary>Factor of every rate: one half after a loss that was not finite.</summary>
    public required double RateFactor { get; init; }

    /// <summary>Epochs since the best one.</summary>
    public required int SinceBest { get; init; }

    /// <summary>What was judged so far.</summary>
    public required ImmutableArray<EpochReport> History { get; init; }

    /// <summary>Four arrays for each trained tensor (weights, first and second moment, average), statistics, and the best
    /// average.</summary>
    public required ImmutableArray<float[]> Arrays { get; init; }

    /// <summary>Writes it, whole or not at all.</summary>
    /// <exception cref="IOException">The disk refuses; the old checkpoint is untouched.</exception>
    public void Write(string path) =>
        AtomicFile.Write(
            path,
            file =>
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                void Put(ReadOnlySpan<byte> bytes)
                {
                    hash.AppendData(bytes);
                    file.Write(bytes);
                }

                Put(Magic);
                var head = JsonSerializer.SerializeToUtf8Bytes(
                    new Head(
                        Key,
                        Epoch,
                        Batch,
                        Step,
                        LossSum,
                        Seconds,
                        RateFactor,
                        SinceBest,
                        History,
                        [.. Arrays.Select(array => array.Length)]
                    ),
                    Options
                );
                Put(BitConverter.GetBytes(head.Length));
                Put(head);
                foreach (var array in Arrays)
                {
                    Put(MemoryMarshal.AsBytes<float>(array));
                }

                file.Write(hash.GetCurrentHash());
            }
        );

    /// <summary>Reads one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">What this run's key is.</param>
    /// <returns>Null where there is no file.</returns>
    /// <exception cref="TuningException">It is damaged, or of another run.</exception>
    public static Checkpoint? Read(string path, string key)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        if (
            bytes.Length < Magic.Length + 36
            || !bytes.AsSpan().StartsWith(Magic)
            || !SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32)).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - 32))
        )
        {
            throw new TuningException(
                $"Checkpoint '{path}' is damaged: its content does not have the hash at its end. Delete it to begin again."
            );
        }

        var length = BitConverter.ToInt32(bytes, Magic.Length);
        var head = JsonSerializer.Deserialize<Head>(bytes.AsSpan(Magic.Length + 4, length), Options)!;
        if (head.Key != key)
        {
            throw new TuningException(
                $"Checkpoint '{path}' is of another run (key {head.Key[..12]}…, this one's is {key[..12]}…): recipe, pictures, network, "
                    + $"threads or library differ. Run with what it was made with, or delete it to begin again."
            );
        }

        var arrays = ImmutableArray.CreateBuilder<float[]>();
        var at = Magic.Length + 4 + length;
        foreach (var count in head.Lengths)
        {
            arrays.Add(MemoryMarshal.Cast<byte, float>(bytes.AsSpan(at, count * 4)).ToArray());
            at += count * 4;
        }

        return new Checkpoint
        {
            Key = head.Key,
            Epoch = head.Epoch,
            Batch = head.Batch,
            Step = head.Step,
            LossSum = head.LossSum,
            Seconds = head.Seconds,
            RateFactor = head.RateFactor,
            SinceBest = head.SinceBest,
            History = head.History,
            Arrays = arrays.ToImmutable(),
        };
    }

    private static readonly JsonSerializerOptions Options = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private sealed record Head(
        string Key,
        int Epoch,
        int Batch,
        long Step,
        double LossSum,
        double Seconds,
        double RateFactor,
        int SinceBest,
        ImmutableArray<EpochReport> History,
        ImmutableArray<int> Lengths
    );
}
