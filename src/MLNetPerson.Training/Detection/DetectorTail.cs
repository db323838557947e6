using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Detection;

/// <summary>Puts behind a detector's body what turns logits and encodings into probabilities and boxes, always in float.</summary>
internal static class DetectorTail
{
    /// <summary>Output: float [N, anchors, 4]; left, top, right, bottom as shares of the input, 0 to 1.</summary>
    public const string BoxesName = "boxes";

    /// <summary>Output: float [N, anchors], 0 to 1.</summary>
    public const string ProbabilitiesName = "probabilities";

    /// <summary>The whole model before suppression.</summary>
    /// <param name="network">Its body may hold other numbers than floats.</param>
    public static OnnxGraph Append(DetectorNetwork network)
    {
        var graph = network.Body.Clone();
        var builder = new GraphBuilder(graph);
        var detector = network.Card.Detector!;
        var anchors = network.Anchors;
        string Constant(string name, Func<Anchor, (double X, double Y)> of)
        {
            var values = new float[anchors.Length * 2];
            for (var i = 0; i < anchors.Length; i++)
            {
                var (x, y) = of(anchors[i]);
                (values[2 * i], values[(2 * i) + 1]) = ((float)x, (float)y);
            }

            return builder.Constant(OnnxTensor.Of($"decode/{name}", values, 1, anchors.Length, 2));
        }

        string Integers(string name, params long[] values) => builder.Constant(OnnxTensor.Of($"decode/{name}", values, values.Length));
        string Number(string name, double value) => builder.Constant(OnnxTensor.Scalar($"decode/{name}", (float)value));

        // down, right, height, width → right, down, width, height
        var encoded = builder.Node(
            "Gather",
            "decode/encoded",
            [DetectorNetwork.EncodingsName, Integers("order", 1, 0, 3, 2)],
            OnnxNode.Attribute("axis", 2L)
        );
        var axis = Integers("axis", 2);
        var shift = builder.Node("Slice", "decode/shift", [encoded, Integers("from-0", 0), Integers("to-2", 2), axis]);
        var size = builder.Node("Slice", "decode/size", [encoded, Integers("from-2", 2), Integers("to-4", 4), axis]);
        var sizes = Constant("anchor-sizes", anchor => (anchor.Width / detector.CenterScale, anchor.Height / detector.CenterScale));
        var centers = Constant("anchor-centers", anchor => (anchor.CenterX, anchor.CenterY));
        var halves = Constant("anchor-halves", anchor => (anchor.Width / 2, anchor.Height / 2));
        var center = builder.Node("Add", "decode/center", [builder.Node("Mul", "decode/moved", [shift, sizes]), centers]);
        var exponent = builder.Node("Mul", "decode/exponent", [size, Number("size-scale", 1 / detector.SizeScale)]);
        var half = builder.Node("Mul", "decode/half", [builder.Node("Exp", "decode/factor", [exponent]), halves]);
        var corners = builder.Node(
            "Concat",
            "decode/corners",
            [builder.Node("Sub", "decode/first", [center, half]), builder.Node("Add", "decode/second", [center, half])],
            OnnxNode.Attribute("axis", 2L)
        );

        // The published detector cuts boxes off at the picture's edges before it suppresses any.
        builder.Node("Clip", BoxesName, [corners, Number("edge-0", 0), Number("edge-1", 1)]);
        builder.Node("Sigmoid", ProbabilitiesName, [DetectorNetwork.LogitsName]);
        graph.Model.Graph.Output.Clear();
        builder.Output(BoxesName, DataType.Float, -1, anchors.Length, 4);
        builder.Output(ProbabilitiesName, DataType.Float, -1, anchors.Length);
        Describe(graph.Model, network);
        return graph;
    }

    private static void Describe(ModelProto model, DetectorNetwork network)
    {
        (string Key, string Value)[] entries =
        [
            ("task", "person-detection"),
            ("input", "image: uint8 [N, height, width, 3], RGB, 0 to 255, upright, not normalised"),
            ("input.width", FormattableString.Invariant($"{network.Input.Width}")),
            ("input.height", FormattableString.Invariant($"{network.Input.Height}")),
            ("input.resize", char.ToLowerInvariant(network.Input.Resize.ToString()[0]) + network.Input.Resize.ToString()[1..]),
            ("output", "boxes: float [N, candidates, 4], left, top, right, bottom, 0 to 1; probabilities: float [N, candidates]"),
            ("backbone", network.Card.Name),
            ("backbone.licence", network.Card.Licence),
        ];
        model.MetadataProps.Clear();
        model.MetadataProps.AddRange(entries.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }));
        model.DocString = $"Where are the persons in the picture? {network.Card.Origin}.";
    }
}
