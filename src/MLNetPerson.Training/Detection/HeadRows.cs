using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Detection;

/// <summary>One anchor on one picture: what the last layer of the heads sees there, and what it should say.</summary>
internal sealed class HeadRow
{
    /// <summary>Index of the picture.</summary>
    public required int Picture { get; init; }

    /// <summary>Index of the level.</summary>
    public required int Level { get; init; }

    /// <summary>Which of a place's anchors.</summary>
    public required int Shape { get; init; }

    /// <summary>Index of the anchor.</summary>
    public required int Anchor { get; init; }

    /// <summary>What the score's last convolution reads at this place.</summary>
    public required Half[] Scores { get; init; }

    /// <summary>What the box's last convolution reads at this place.</summary>
    public required Half[] Boxes { get; init; }

    /// <summary>The published logit.</summary>
    public required float Logit { get; init; }

    /// <summary>The decoded box: left, top, right, bottom as shares of the input.</summary>
    public required float[] Box { get; init; }

    /// <summary>The published encoding.</summary>
    public required float[] Encoding { get; init; }

    /// <summary>Overlap of the decoded box with the nearest person, 0 to 1.</summary>
    public required float Overlap { get; init; }

    /// <summary>The encoding that would give the nearest person's box; null where none overlaps.</summary>
    public required float[]? Target { get; init; }

    /// <summary>Whether the nearest annotated box is one to ignore.</summary>
    public required bool IsIgnored { get; init; }
}

/// <summary>Gathers rows to fit the last layer of the heads on: of each picture the anchors that look like a person or hold one.</summary>
internal static class HeadRows
{
    /// <summary>Published probability from which on an anchor looks like a person.</summary>
    public const float LooksLike = 0.01f;

    /// <summary>Anchors of a picture that are taken for their looks at most.</summary>
    private const int MostLooks = 64;

    /// <summary>Anchors that are taken for each person whatever they look like: those whose boxes fit best.</summary>
    private const int PerPerson = 6;

    /// <summary>Overlap from which on an anchor holds a person.</summary>
    private const double Holds = 0.5;

    /// <summary>Rows of each picture; null for pictures that cannot be used.</summary>
    /// <param name="network">With its body in float.</param>
    /// <param name="pictures">In the order of the result.</param>
    /// <param name="limits">What a picture may ask for.</param>
    /// <param name="skipped">Receives pictures that cannot be used.</param>
    /// <param name="progress">Told of every picture, from several threads.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public static IReadOnlyList<HeadRow>?[] Gather(
        DetectorNetwork network,
        IReadOnlyList<BoxedPicture> pictures,
        ImageLimits limits,
        ICollection<SkippedSample> skipped,
        IProgress<FeatureProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var graph = DetectorTail.Append(network);
        List<string> outputs = [DetectorNetwork.LogitsName, DetectorNetwork.EncodingsName, DetectorTail.BoxesName];
        foreach (var map in network.Maps)
        {
            outputs.Add(Input(graph, map.ScoreConvolution));
            outputs.Add(Input(graph, map.BoxConvolution));
        }

        using var model = OnnxModel.Load(
            TensorKinds.Open(graph, outputs).ToBytes(),
            "the detector's heads",
            new OnnxModelOptions { Threads = 1 }
        );
        var result = new IReadOnlyList<HeadRow>?[pictures.Count];
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
                        result[index] = Choose(network, outputs, tensors, index, pictures[index], header);
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

    private static string Input(OnnxGraph graph, string node) => graph.Nodes.First(one => one.Name == node).Input[0];

    private static List<HeadRow> Choose(
        DetectorNetwork network,
        List<string> outputs,
        Dictionary<string, FloatTensor> tensors,
        int index,
        BoxedPicture picture,
        ImageHeader header
    )
    {
        var (logits, encodings, boxes) = (
            tensors[DetectorNetwork.LogitsName].Values,
            tensors[DetectorNetwork.EncodingsName].Values,
            tensors[DetectorTail.BoxesName].Values
        );
        var truth = Truth(picture, header, network.Input);
        var (overlap, nearest) = (new double[logits.Length], new int[logits.Length]);
        for (var i = 0; i < logits.Length; i++)
        {
            (overlap[i], nearest[i]) = Nearest(boxes.AsSpan(i * 4, 4), truth);
        }

        var least = MathF.Log(LooksLike / (1 - LooksLike));
        var chosen = Enumerable
            .Range(0, logits.Length)
            .Where(i => logits[i] >= least)
            .OrderByDescending(i => logits[i])
            .Take(MostLooks)
            .ToHashSet();
        for (var person = 0; person < truth.Count; person++)
        {
            chosen.UnionWith(
                Enumerable
                    .Range(0, logits.Length)
                    .Where(i => nearest[i] == person && overlap[i] >= Holds)
                    .OrderByDescending(i => overlap[i])
                    .Take(PerPerson)
            );
        }

        var rows = new List<HeadRow>(chosen.Count);
        foreach (var i in chosen.Order())
        {
            var (level, shape, place) = network.LevelOf(i);
            var has = nearest[i] >= 0;
            rows.Add(
                new HeadRow
                {
                    Picture = index,
                    Level = level,
                    Shape = shape,
                    Anchor = i,
                    Scores = At(tensors[outputs[3 + (2 * level)]], place),
                    Boxes = At(tensors[outputs[4 + (2 * level)]], place),
                    Logit = logits[i],
                    Box = boxes.AsSpan(i * 4, 4).ToArray(),
                    Encoding = encodings.AsSpan(i * 4, 4).ToArray(),
                    Overlap = (float)overlap[i],
                    Target = has ? Encode(network, network.Anchors[i], truth[nearest[i]].Box) : null,
                    IsIgnored = has && truth[nearest[i]].Role != BoxRole.Person,
                }
            );
        }

        return rows;
    }

    /// <summary>Annotated boxes as shares of the input: left, top, right, bottom.</summary>
    private static List<(double[] Box, BoxRole Role)> Truth(BoxedPicture picture, ImageHeader header, ImageSpec input)
    {
        var plan = ResizePlan.For(header.Width, header.Height, input);
        var (x, y) = ((double)header.Width / picture.Width, (double)header.Height / picture.Height);
        double X(double pixel) => (((((pixel * x) - plan.CropLeft) / plan.CropWidth * plan.Width) + plan.Left) / input.Width);
        double Y(double pixel) => (((((pixel * y) - plan.CropTop) / plan.CropHeight * plan.Height) + plan.Top) / input.Height);
        return
        [
            .. picture.Truth.Select(box =>
                (new[] { X(box.Left), Y(box.Top), X(box.Left + box.Width), Y(box.Top + box.Height) }, box.Role)
            ),
        ];
    }

    private static (double Overlap, int Index) Nearest(ReadOnlySpan<float> box, List<(double[] Box, BoxRole Role)> truth)
    {
        var (best, at) = (0.0, -1);
        for (var i = 0; i < truth.Count; i++)
        {
            var other = truth[i].Box;
            var width = Math.Min(box[2], other[2]) - Math.Max(box[0], other[0]);
            var height = Math.Min(box[3], other[3]) - Math.Max(box[1], other[1]);
            if (width <= 0 || height <= 0)
            {
                continue;
            }

            var shared = width * height;
            var own = (box[2] - box[0]) * (double)(box[3] - box[1]);
            var all = truth[i].Role == BoxRole.Crowd ? own : own + ((other[2] - other[0]) * (other[3] - other[1])) - shared;
            if (shared / all > best)
            {
                (best, at) = (shared / all, i);
            }
        }

        return (best, at);
    }

    /// <summary>What a head should say at an anchor to give a box.</summary>
    private static float[] Encode(DetectorNetwork network, Anchor anchor, double[] box)
    {
        var detector = network.Card.Detector!;
        var (width, height) = (Math.Max(1e-4, box[2] - box[0]), Math.Max(1e-4, box[3] - box[1]));
        return
        [
            (float)(detector.CenterScale * (((box[1] + box[3]) / 2) - anchor.CenterY) / anchor.Height),
            (float)(detector.CenterScale * (((box[0] + box[2]) / 2) - anchor.CenterX) / anchor.Width),
            (float)(detector.SizeScale * Math.Log(height / anchor.Height)),
            (float)(detector.SizeScale * Math.Log(width / anchor.Width)),
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
