using System.Diagnostics;
using MLNetPerson.Images;

namespace MLNetPerson.Benchmarks;

/// <summary>
/// Decides whether this project keeps its own P/Invoke to libvips: pictures per second of the room Images against the same written with
/// NetVips, on the same pictures, in turns. NetVips is taken where at most 3 % are lost.
/// </summary>
internal static class NetVipsBenchmark
{
    private const int Pictures = 120;
    private const int Rounds = 15;
    private const double MostLost = 0.03;

    public static void Run(string[] _)
    {
        var spec = new ImageSpec(224, 224, ResizeKind.Squash);
        var reader = new ImageReader();
        var jpegs = BenchmarkData
            .Photos()
            .Samples.Select(sample => File.ReadAllBytes(sample.Path))
            .Where(NetVipsReader.Reads)
            .Take(Pictures)
            .ToList();
        Agree(reader, jpegs, spec);

        var pixels = new byte[spec.ByteCount];
        var one = InTurn(
            () => jpegs.ForEach(jpeg => reader.ReadResized(jpeg, spec, pixels)),
            () => jpegs.ForEach(jpeg => NetVipsReader.ReadResized(jpeg, spec, pixels))
        );
        var all = InTurn(
            () => OnAllCores(jpegs, spec, (jpeg, room) => reader.ReadResized(jpeg, spec, room)),
            () => OnAllCores(jpegs, spec, (jpeg, room) => NetVipsReader.ReadResized(jpeg, spec, room))
        );

        var rows = new ResultRows();
        Add(rows, "one core", one, jpegs.Count);
        Add(rows, "all cores", all, jpegs.Count);
        rows.Add("memory allocated a picture, own P/Invoke", Allocated(() => reader.ReadResized(jpegs[0], spec, pixels)), "KB");
        rows.Add("memory allocated a picture, NetVips 3.2.0", Allocated(() => NetVipsReader.ReadResized(jpegs[0], spec, pixels)), "KB");
        rows.Write("netvips.csv");
    }

    private static void Add(ResultRows rows, string cores, (double Wall, double Processor)[] seconds, int pictures)
    {
        var taken = $"taken from {1 - MostLost:0.00} on";
        rows.Add($"own P/Invoke, {cores}", pictures / seconds[0].Wall, "pictures/s");
        rows.Add($"NetVips 3.2.0, {cores}", pictures / seconds[1].Wall, "pictures/s");
        rows.Add($"NetVips of own P/Invoke, {cores}", seconds[0].Wall / seconds[1].Wall, "ratio", taken);
        rows.Add($"own P/Invoke, {cores}: processor time a picture", seconds[0].Processor / pictures * 1e3, "ms");
        rows.Add($"NetVips 3.2.0, {cores}: processor time a picture", seconds[1].Processor / pictures * 1e3, "ms");
        rows.Add($"NetVips of own P/Invoke, {cores}: by processor time", seconds[0].Processor / seconds[1].Processor, "ratio", taken);
    }

    /// <summary>Medians of wall clock and of the process's time on all processors: the latter holds on a machine that others use too, and
    /// counts the garbage collector's threads.</summary>
    private static (double Wall, double Processor)[] InTurn(params Action[] actions)
    {
        var rounds = actions.Select(_ => new List<(double Wall, double Processor)>()).ToArray();
        for (var round = -1; round < Rounds; round++) // the first is for warming up
        {
            for (var i = 0; i < actions.Length; i++)
            {
                var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
                actions[i]();
                if (round >= 0)
                {
                    rounds[i].Add((watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds));
                }
            }
        }

        return
        [
            .. rounds.Select(times =>
                (Timing.Median(times.Select(time => time.Wall)), Timing.Median(times.Select(time => time.Processor)))
            ),
        ];
    }

    /// <summary>Only the same work is compared: every byte of every picture is the same.</summary>
    private static void Agree(ImageReader reader, List<byte[]> jpegs, ImageSpec spec)
    {
        var (own, theirs) = (new byte[spec.ByteCount], new byte[spec.ByteCount]);
        foreach (var jpeg in jpegs)
        {
            reader.ReadResized(jpeg, spec, own);
            NetVipsReader.ReadResized(jpeg, spec, theirs);
            if (!own.AsSpan().SequenceEqual(theirs))
            {
                throw new InvalidOperationException(
                    "NetVips' pixels differ from those of the room Images: the two do not do the same work."
                );
            }
        }
    }

    private static void OnAllCores(List<byte[]> jpegs, ImageSpec spec, Action<byte[], byte[]> read) =>
        Parallel.ForEach(
            jpegs,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            () => new byte[spec.ByteCount],
            (jpeg, _, room) =>
            {
                read(jpeg, room);
                return room;
            },
            _ => { }
        );

    private static double Allocated(Action read)
    {
        read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        read();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / 1e3;
    }
}
