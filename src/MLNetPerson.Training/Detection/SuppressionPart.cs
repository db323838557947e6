using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Detection;

/// <summary>Which boxes stay where several overlap.</summary>
/// <param name="IouThreshold">A box goes where it overlaps a more probable one by more than this, 0 to 1.</param>
/// <param name="ScoreThreshold">Boxes of this probability or less go first, 0 to 1.</param>
/// <param name="MostBoxes">Boxes that stay at most. Range [1, ∞).</param>
public sealed record SuppressionOptions(double IouThreshold, double ScoreThreshold, int MostBoxes = 100)
{
    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (IouThreshold is not (>= 0 and <= 1))
        {
            faults.Add(FormattableString.Invariant($"an IoU threshold of {IouThreshold} is outside 0 to 1"));
        }

        if (ScoreThreshold is not (>= 0 and <= 1))
        {
            faults.Add(FormattableString.Invariant($"a score threshold of {ScoreThreshold} is outside 0 to 1"));
        }

        if (MostBoxes < 1)
        {
            faults.Add($"{MostBoxes} boxes are below 1");
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}

/// <summary>Writes the suppression of overlapping boxes as a fragment that is put behind a model file's bytes: ONNX's NonMaxSuppression,
/// and
/// what gathers the boxes that stay. One fragment serves every encoding of a package, and thresholds can be changed without touching a
/// model.</summary>
internal static class SuppressionPart
{
    /// <summary>The fragment's file in a package. Not ".onnx": it is no model by itself.</summary>
    public const string File = "nms.part";

    /// <summary>Output: float [M, 6]; picture, probability, left, top, right, bottom; of each picture the most probable box
    /// first.</summary>
    public const string OutputName = "detections";

    /// <summary>Columns of the output.</summary>
    public const int Columns = 6;

    /// <summary>The fragment's bytes.</summary>
    public static byte[] Build(SuppressionOptions options)
    {
        var builder = new GraphBuilder(OnnxGraph.Own(new ModelProto { Graph = new GraphProto() }));
        string Index(string name, params long[] values) => builder.Constant(OnnxTensor.Of($"nms/{name}", values, values.Length));
        var scores = builder.Node("Unsqueeze", "nms/scores", [DetectorTail.ProbabilitiesName, Index("class-axis", 1)]);
        var selected = builder.Node(
            "NonMaxSuppression",
            "nms/selected", // [M, 3]: picture, class, box
            [
                DetectorTail.BoxesName,
                scores,
                Index("most-boxes", options.MostBoxes),
                builder.Constant(OnnxTensor.Of("nms/iou-threshold", [(float)options.IouThreshold], 1)),
                builder.Constant(OnnxTensor.Of("nms/score-threshold", [(float)options.ScoreThreshold], 1)),
            ]
        );
        var columns = OnnxNode.Attribute("axis", 1L);
        var pictures = builder.Node("Gather", "nms/picture", [selected, Index("first", 0)], columns);
        var places = builder.Node("Gather", "nms/place", [selected, Index("first-and-last", 0, 2)], columns);
        var picture = builder.Node("Cast", "nms/picture-number", [pictures], OnnxNode.Attribute("to", (long)DataType.Float));
        var probability = builder.Node("GatherND", "nms/probability", [scores, selected]);
        var column = builder.Node("Unsqueeze", "nms/probability-column", [probability, "nms/class-axis"]);
        var boxes = builder.Node("GatherND", "nms/boxes", [DetectorTail.BoxesName, places]);
        builder.Node("Concat", OutputName, [picture, column, boxes], columns);
        var output = GraphBuilder.Describe(OutputName, DataType.Float, [-1, Columns]);
        output.Type.TensorType.Shape.Dim[0].DimParam = "M";
        builder.Graph.Model.Graph.Output.Add(output);
        return builder.Graph.ToBytes();
    }
}
