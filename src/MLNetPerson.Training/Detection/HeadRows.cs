using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Detection;

/// <summary>One anchor on one picture, and what the last layer of the heads sees there.</summary>
internal sealed class HeadRow
{
    /// <summary>Index of the picture.</summary>
    public required int Picture { get; init; }

    /// <summary>Index of the level.</summary>
    public required int Level { get; init; }

    /// <summary>Which of a place's anchors.</summary>
    public required int Shape { get; init; }

    /// <summary>What the score's last convolution reads at this place.</summary>
    public required Half[] Channels { get; init; }

    /// <summary>The published logit.</summary>
    public required float Logit { get; init; }

    /// <summary>The decoded box: left, top, right, bottom as shares of the input.</summary>
    public required float[] Box { get; init; }
}

/// <summary>The rows of one picture.</summary>
/// <param name="Rows">The anchors that look like a person.</param>
/// <param name="Width">Of the file, pixels.</param>
/// <param name="Height">Of the file, pixels.</param>
internal sealed record PictureRows(List<HeadRow> Rows, int Width, int Height)
{
    /// <summary>What a model with such logits gives before suppression.</summary>
    public PictureCandidates Candidates(Func<HeadRow, double> logit) =>
        new([.. Rows.SelectMany(row => row.Box)], [.. Rows.Select(row => (float)(1 / (1 + Math.Exp(-logit(row)))))], Width, Height);
}

/// <summary>Gathers rows to fit the last layer of the heads on: of each picture the anchors that look like a person.</summary>
internal static class HeadRows
{
    /// <summary>Published probability from which on an anchor looks like a person.</summary>
    public const float LooksLike = 0.003f;

    /// <summary>Anchors of a picture that are taken for their looks at most.</summary>
    private const int MostLooks = 160;

    /// <summary>Rows of each picture; null for pictures that cannot be used.</summary>
    /// <param name="network">With its body in float.</param>
    /// <param name="pictures">In the order of the result.</param>
    /// <param name="limits">What a picture may ask for.</param>
    /// <param name="skipped">Receives pictures that cannot be used.</param>
    /// <param name="progress">Told of every picture, from several threads.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public static PictureRows?[] Gather(
        DetectorNetwork network,
        IReadOnlyList<BoxedPicture> pictures,
        ImageLimits limits,
        ICollection<SkippedSample> skipped,
        IProgress<FeatureProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var graph = DetectorTail.Append(network);
        List<string> outputs =
        [
            DetectorNetwork.LogitsName,
            DetectorTail.BoxesName,
            .. network.Maps.Select(map => graph.Nodes.First(one => one.Name == map.ScoreConvolution).Input[0]),
        ];

        using var model = OnnxModel.Load(
            TensorKinds.Open(graph, outputs).ToBytes(),
            "the detector's heads",
            new OnnxModelOptions { Threads = 1 }
        );
        var result = new PictureRows?[pictures.Count];
        var bad = new ConcurrentDictionary<int, string>();
        var (reader, done) = (new ImageReader(limits), 0);
        using var pixels = new ThreadLocal<byte[]>(() => new byte[network.Input.ByteCount]);
        try
        {
            Parallel.ForEach(
                Partitioner.Create(Enumerable.Range(0, pictures.Count), EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { CancellationToken = cancellation },
                index =>
                {
                    var sample = pictures[index].Sample;
                    try
                    {
                        var bytes = reader.ReadBytes(sample.Path);
                        var header = reader.ReadHeader(bytes, sample.File);
                        reader.ReadResized(bytes, network.Input, pixels.Value!, sample.File);
                        var tensors = model
                            .Run<byte>(pixels.Value!, [1, network.Input.Height, network.Input.Width, 3], outputs)
                            .ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
                        result[index] = new PictureRows(Choose(network, outputs, tensors, index), header.Width, header.Height);
                    }
                    catch (ImageException exception)
                    {
                        bad[index] = exception.Reason;
                    }

                    progress?.Report(new FeatureProgress(Interlocked.Increment(ref done), pictures.Count, 0, bad.Count));
                }
            );
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        foreach (var (index, reason) in bad.OrderBy(entry => entry.Key))
        {
            skipped.Add(new SkippedSample(pictures[index].Sample, reason));
        }

        return result;
    }

    private static List<HeadRow> Choose(DetectorNetwork network, List<string> outputs, Dictionary<string, FloatTensor> tensors, int index)
    {
        var (logits, boxes) = (tensors[DetectorNetwork.LogitsName].Values, tensors[DetectorTail.BoxesName].Values);
        var least = MathF.Log(LooksLike / (1 - LooksLike));
        return
        [
            .. Enumerable
                .Range(0, logits.Length)
                .Where(i => logits[i] >= least)
                .OrderByDescending(i => logits[i])
                .Take(MostLooks)
                .Order()
                .Select(i =>
                {
                    var (level, shape, place) = network.LevelOf(i);
                    return new HeadRow
                    {
                        Picture = index,
                        Level = level,
                        Shape = shape,
                        Channels = At(tensors[outputs[2 + level]], place),
                        Logit = logits[i],
                        Box = boxes.AsSpan(i * 4, 4).ToArray(),
                    };
                }),
        ];
    }

    /// <summary>All channels of [1, channels, h, w] at one place.</summary>
    private static Half[] At(FloatTensor map, int place)
    {
        var (channels, places) = ((int)map.Shape[1], (int)(map.Shape[2] * map.Shape[3]));
        var values = new Half[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            values[channel] = (Half)map.Values[(channel * places) + place];
        }

        return values;
    }
}
