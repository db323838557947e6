using MLNetPerson.Onnx.Graphs;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Tests.Onnx;

/// <summary>Valid graphs at random: operations of image networks in any order, joined at random, with names that passes use
/// themselves. Every tensor is float [N, <see cref="StrangersModels.Channels"/>, h, w].</summary>
internal static class RandomGraphs
{
    private const int Channels = StrangersModels.Channels;

    private static readonly string[] Taken =
    [
        "image",
        "image/scaled",
        "features/joined",
        "logit",
        "head/bias",
        "third/int8",
        "third/zero",
        "first/weights/int8",
        "activation_map",
        "second/mean",
    ];

    private static readonly Func<Grower, string, string, string>[] Steps =
    [
        (g, x, y) => g.Node("Relu", x),
        (g, x, y) => g.Node("HardSwish", x),
        (g, x, y) => g.Node("Sigmoid", x),
        (g, x, y) => g.Node("Tanh", x),
        (g, x, y) => g.Node("Neg", x),
        (g, x, y) => g.Node("Identity", x),
        (g, x, y) => g.B.Node("LeakyRelu", g.Name(), [x], OnnxNode.Attribute("alpha", 0.1f)),
        (g, x, y) => g.Node("Clip", x, g.Scalar(-1), g.Scalar(2.5f)),
        (g, x, y) => g.Node("Add", x, y),
        (g, x, y) => g.Node("Sub", x, g.Node("Tanh", y)),
        (g, x, y) => g.Node("Mul", x, g.Node("Sigmoid", y)),
        (g, x, y) => g.Node("Mul", x, g.Constant(0.5f, 1.5f, 1, Channels, 1, 1)),
        (g, x, y) => g.Node("Add", x, g.Constant(-0.5f, 0.5f, Channels, 1, 1)),
        (g, x, y) => g.Node("Div", x, g.Constant(0.5f, 2, 1, Channels, 1, 1)),
        (g, x, y) => g.Conv(x, Channels, 1, 1),
        (g, x, y) => g.Conv(x, Channels, 3, 1),
        (g, x, y) => g.Conv(x, 1, 3, Channels),
        (g, x, y) => g.Node("Relu", g.BatchNorm(g.Conv(x, Channels, 1, 1))),
        (g, x, y) => g.BatchNorm(x),
        (g, x, y) => g.Conv(g.B.Node("Concat", g.Name(), [x, y], OnnxNode.Attribute("axis", 1L)), 2 * Channels, 1, 1),
        (g, x, y) => g.Pool("MaxPool", x),
        (g, x, y) => g.Pool("AveragePool", x),
        (g, x, y) => g.Node("Mul", x, g.Node("HardSigmoid", g.Conv(g.Node("GlobalAveragePool", x), Channels, 1, 1))),
        (g, x, y) => g.Swap(x),
        (g, x, y) => g.Turn(g.Node("Relu", g.Turn(x, 0, 2, 3, 1)), 0, 3, 1, 2),
        (g, x, y) => g.Node("Reshape", x, g.Node("Shape", x)),
        (g, x, y) => g.Cast(g.Node("Neg", g.Cast(x, DataType.Double)), DataType.Float),
        (g, x, y) => g.Node("Sub", x, g.Node("GlobalAveragePool", y)),
    ];

    /// <summary>A graph that a seed decides, from the tensor "before" on.</summary>
    public static string Grow(GraphBuilder b, int seed)
    {
        var random = new Random(seed);
        var grower = new Grower(b, random);
        List<string> alive = ["before"];
        for (var step = random.Next(4, 14); step > 0; step--)
        {
            alive.Add(
                Steps[random.Next(Steps.Length)](grower, alive[random.Next(alive.Count / 2, alive.Count)], alive[random.Next(alive.Count)])
            );
        }

        return grower.Node("Add", alive[^1], alive[random.Next(alive.Count)]);
    }

    private sealed class Grower(GraphBuilder b, Random random)
    {
        private readonly List<string> _taken = [.. Taken.OrderBy(_ => random.Next())];
        private int _number;

        public GraphBuilder B => b;

        /// <summary>A new name: one of ours now and then.</summary>
        public string Name()
        {
            if (_taken.Count > 0 && random.Next(3) == 0)
            {
                var name = _taken[^1];
                _taken.RemoveAt(_taken.Count - 1);
                return name;
            }

            return $"t{_number++}";
        }

        public string Node(string operation, params string[] inputs) => b.Node(operation, Name(), inputs);

        public string Scalar(float value) => b.Constant(OnnxTensor.Scalar($"s{_number++}", value));

        public string Constant(float from, float to, params long[] shape)
        {
            var values = new float[shape.Aggregate(1L, (a, c) => a * c)];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = from + ((to - from) * random.NextSingle());
            }

            return b.Constant(OnnxTensor.Of($"w{_number++}", values, shape));
        }

        public string Conv(string x, int inputs, int side, int group)
        {
            var bound = MathF.Sqrt(3f / (inputs * side * side)); // keeps the variance, so that deep graphs stay in range
            string[] parts =
                random.Next(3) == 0
                    ? [x, Constant(-bound, bound, Channels, inputs, side, side)]
                    : [x, Constant(-bound, bound, Channels, inputs, side, side), Constant(-0.2f, 0.2f, Channels)];
            return b.Node(
                "Conv",
                Name(),
                parts,
                OnnxNode.Attribute("kernel_shape", side, side),
                OnnxNode.Attribute("pads", side / 2, side / 2, side / 2, side / 2),
                OnnxNode.Attribute("group", (long)group)
            );
        }

        public string BatchNorm(string x) =>
            Node(
                "BatchNormalization",
                x,
                Constant(0.5f, 1.5f, Channels),
                Constant(-0.3f, 0.3f, Channels),
                Constant(-0.3f, 0.3f, Channels),
                Constant(0.3f, 1.5f, Channels)
            );

        public string Pool(string operation, string x) =>
            b.Node(operation, Name(), [x], OnnxNode.Attribute("kernel_shape", 3, 3), OnnxNode.Attribute("pads", 1, 1, 1, 1));

        public string Swap(string x)
        {
            var half = b.Constant(OnnxTensor.Of($"h{_number++}", [Channels / 2L, Channels / 2L], 2));
            var (first, second) = (Name(), Name());
            b.Graph.Nodes.Add(OnnxNode.Create("Split", [x, half], [first, second], OnnxNode.Attribute("axis", 1L)));
            return b.Node("Concat", Name(), [second, first], OnnxNode.Attribute("axis", 1L));
        }

        public string Turn(string x, params long[] order) => b.Node("Transpose", Name(), [x], OnnxNode.Attribute("perm", order));

        public string Cast(string x, DataType type) => b.Node("Cast", Name(), [x], OnnxNode.Attribute("to", (long)type));
    }
}
