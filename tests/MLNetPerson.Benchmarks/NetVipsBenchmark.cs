using MLNetPerson.Images;

namespace MLNetPerson.Benchmarks;

/// <summary>
/// Decides whether this project keeps its own P/Invoke to libvips: pictures per second of the room Images against the same written with
/// NetVips, on the same pictures, in turns. NetVips is taken where at most 3 % are lost.
/// </summary>
internal static class NetVipsBenchmark
{
    private const int Pictures = 600;
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
        var one = Timing.InTurn(
            Rounds,
            () => jpegs.ForEach(jpeg => reader.ReadResized(jpeg, spec, pixels)),
            () => jpegs.ForEach(jpeg => NetVipsReader.ReadResized(jpeg, spec, pixels))
        );
        var all = Timing.InTurn(
            Rounds,
            () => OnAllCores(jpegs, spec, (jpeg, room) => reader.ReadResized(jpeg, spec, room)),
            () => OnAllCores(jpegs, spec, (jpeg, room) => NetVipsReader.ReadResized(jpeg, spec, room))
        );

        var rows = new ResultRows();
        rows.Add("own P/Invoke, one core", jpegs.Count / one[0], "pictures/s");
        rows.Add("NetVips 3.2.0, one core", jpegs.Count / one[1], "pictures/s");
        rows.Add("NetVips of own P/Invoke, one core", one[0] / one[1], "ratio", $"taken from {1 - MostLost:0.00} on");
        rows.Add("own P/Invoke, all cores", jpegs.Count / all[0], "pictures/s");
        rows.Add("NetVips 3.2.0, all cores", jpegs.Count / all[1], "pictures/s");
        rows.Add("NetVips of own P/Invoke, all cores", all[0] / all[1], "ratio", $"taken from {1 - MostLost:0.00} on");
        rows.Add("memory allocated a picture, own P/Invoke", Allocated(() => reader.ReadResized(jpegs[0], spec, pixels)), "KB");
        rows.Add("memory allocated a picture, NetVips 3.2.0", Allocated(() => NetVipsReader.ReadResized(jpegs[0], spec, pixels)), "KB");
        rows.Write("netvips.csv");
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
