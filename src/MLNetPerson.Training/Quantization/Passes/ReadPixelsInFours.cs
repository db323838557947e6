using System.Collections.Immutable;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Passes;
using MLNetPerson.Training.Onnx.Proto;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Quantization.Passes;

/// <summary>
/// Lets the first convolution read four neighbouring pixels as twelve channels and write the outputs that belong to them side by
/// side. In memory nothing moves: [height, width, 3] is [height, width / 4, 12]. Fast integer kernels want a multiple of four
/// channels, which three are not; the extra weights are zero, so the answer is the same to the bit.
/// </summary>
/// <remarks>ONNX Runtime's MlasConvSym: KernelInputChannelAlignment 4 on x86.</remarks>
internal sealed class ReadPixelsInFours : GraphPass
{
    private const int Pixels = 4;
    private const int Colours = 3;

    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        if (First.Find(graph) is not { } first)
        {
            return;
        }

        var outputs = Pixels / first.StrideX;

        // Column o of a group's outputs at kernel column k reads the pixel strideX · o + k − left, counted from the group's first.
        int Reach(int output, int column) => (first.StrideX * output) + column - first.Left;
        int Group(int pixel) => (int)Math.Floor(pixel / (double)Pixels);
        var (before, after) = (-Group(Reach(0, 0)), Group(Reach(outputs - 1, first.KernelWidth - 1)));
        var wide = before + after + 1;

        var weights = first.Weights.RawData.Span;
        var grouped = new sbyte[outputs * first.Filters * Pixels * Colours * first.KernelHeight * wide];
        for (var output = 0; output < outputs; output++)
        {
            for (var filter = 0; filter < first.Filters; filter++)
            {
                for (var colour = 0; colour < Colours; colour++)
                {
                    for (var row = 0; row < first.KernelHeight; row++)
                    {
                        for (var column = 0; column < first.KernelWidth; column++)
                        {
                            var pixel = Reach(output, column);
                            var (group, inside) = (Group(pixel) + before, pixel - (Group(pixel) * Pixels));
                            var channel = (inside * Colours) + colour;
                            var to =
                                ((((((output * first.Filters) + filter) * Pixels * Colours) + channel) * first.KernelHeight) + row) * wide;
                            grouped[to + group] = (sbyte)
                                weights[(((((filter * Colours) + colour) * first.KernelHeight) + row) * first.KernelWidth) + column];
                        }
                    }
                }
            }
        }

        Rewrite(graph, first, outputs, grouped, wide, before, after);
        changes.Add(
            new GraphChange(first.Conv.Name, $"reads {Pixels} pixels as {Pixels * Colours} channels and writes {outputs} side by side")
        );
    }

    private static void Rewrite(OnnxGraph graph, First first, int outputs, sbyte[] weights, int wide, int before, int after)
    {
        var name = first.Conv.Output[0];
        graph.SetInitializer(
            OnnxTensor.Of(first.Weights.Name, weights, outputs * first.Filters, Pixels * Colours, first.KernelHeight, wide)
        );
        foreach (var perFilter in first.PerFilter)
        {
            graph.SetInitializer(Repeat(perFilter, outputs));
        }

        void Set(string attribute, params long[] values)
        {
            foreach (var old in first.Conv.Attribute.Where(candidate => candidate.Name == attribute).ToList())
            {
                first.Conv.Attribute.Remove(old);
            }

            first.Conv.Attribute.Add(OnnxNode.Attribute(attribute, values));
        }

        Set("kernel_shape", first.KernelHeight, wide);
        Set("strides", first.StrideY, 1);
        Set("pads", first.Top, before, first.Bottom, after);

        // Zero in a shape keeps the batch as it is.
        var image = first.Transpose.Input[0];
        var folded = graph.SetInitializer(OnnxTensor.Of($"{name}/fours", [0L, first.Height, first.Width / Pixels, Pixels * Colours], 4));
        var unfolded = graph.SetInitializer(OnnxTensor.Of($"{name}/apart", [0L, first.OutputHeight, first.OutputWidth, first.Filters], 4));
        graph.Nodes.Add(OnnxNode.Create("Reshape", [image, folded], [$"{image}/fours"]));
        first.Transpose.Input[0] = $"{image}/fours";
        var integers = first.Quantize.Output[0];
        graph.Nodes.Add(OnnxNode.Create("Transpose", [integers], [$"{integers}/rows"], OnnxNode.Attribute("perm", 0, 2, 3, 1)));
        graph.Nodes.Add(OnnxNode.Create("Reshape", [$"{integers}/rows", unfolded], [$"{integers}/pixels"]));
        graph.Nodes.Add(
            OnnxNode.Create("Transpose", [$"{integers}/pixels"], [$"{integers}/planes"], OnnxNode.Attribute("perm", 0, 3, 1, 2))
        );
        foreach (var reader in first.Readers)
        {
            reader.Input[0] = $"{integers}/planes";
        }
    }

    private static TensorProto Repeat(TensorProto tensor, int times)
    {
        var repeated = tensor.Clone();
        repeated.RawData = Google.Protobuf.ByteString.CopyFrom([
            .. Enumerable.Repeat(tensor.RawData.ToByteArray(), times).SelectMany(bytes => bytes),
        ]);
        repeated.Dims[0] *= times;
        return repeated;
    }

    /// <summary>The first convolution with all that has to change around it.</summary>
    private sealed record First
    {
        public required NodeProto Transpose { get; init; }

        public required NodeProto Conv { get; init; }

        public required NodeProto Quantize { get; init; }

        /// <summary>The nodes that dequantize its output.</summary>
        public required IReadOnlyList<NodeProto> Readers { get; init; }

        public required TensorProto Weights { get; init; }

        /// <summary>Scales and zero points of weights and bias, and the bias: one value a filter.</summary>
        public required IReadOnlyList<TensorProto> PerFilter { get; init; }

        public required int Height { get; init; }

        public required int Width { get; init; }

        public int Filters => (int)Weights.Dims[0];

        public int KernelHeight => (int)Weights.Dims[2];

        public int KernelWidth => (int)Weights.Dims[3];

        public required int StrideY { get; init; }

        public required int StrideX { get; init; }

        public required int Top { get; init; }

        public required int Left { get; init; }

        public required int Bottom { get; init; }

        public required int Right { get; init; }

        public int OutputHeight => ((Height + Top + Bottom - KernelHeight) / StrideY) + 1;

        public int OutputWidth => ((Width + Left + Right - KernelWidth) / StrideX) + 1;

        /// <summary>Finds picture → Transpose → DequantizeLinear → Conv → QuantizeLinear, read by nobody in between; null where it does not
        /// fit.</summary>
        public static First? Find(OnnxGraph graph)
        {
            var transpose = graph.Nodes.FirstOrDefault(node =>
                node.IsStandard("Transpose") && graph.InputNames.Contains(node.Input[0]) && node.Ints("perm") is [0, 3, 1, 2]
            );
            if (
                transpose is null
                || graph.OnlyConsumer(transpose.Input[0]) is null
                || graph.OnlyConsumer(transpose.Output[0]) is not { OpType: "DequantizeLinear" } dequantize
                || graph.OnlyConsumer(dequantize.Output[0]) is not { OpType: "Conv" } conv
                || conv.Input.Count != 3
                || conv.Int("group", 1) != 1
                || graph.OnlyConsumer(conv.Output[0]) is not { OpType: "QuantizeLinear" } quantize
                || graph.IsOutput(quantize.Output[0])
                || graph.Producer(conv.Input[1]) is not { OpType: "DequantizeLinear" } weights
                || graph.Producer(conv.Input[2]) is not { OpType: "DequantizeLinear" } bias
                || graph.Consumers(quantize.Output[0]).Any(reader => reader.OpType != "DequantizeLinear")
                || graph.Initializer(weights.Input[0]) is not { DataType: (int)DataType.Int8 } values
                || values.Dims is not [_, Colours, _, _]
            )
            {
                return null;
            }

            var shape = graph.Model.Graph.Input.First(input => input.Name == transpose.Input[0]).Type.TensorType.Shape.Dim;
            var (strides, pads) = (conv.Ints("strides") ?? [1, 1], conv.Ints("pads") ?? [0, 0, 0, 0]);
            var first = new First
            {
                Transpose = transpose,
                Conv = conv,
                Quantize = quantize,
                Readers = graph.Consumers(quantize.Output[0]),
                Weights = values,
                PerFilter = [.. weights.Input.Skip(1).Concat(bias.Input).Select(input => graph.Initializer(input)!)],
                Height = (int)shape[1].DimValue,
                Width = (int)shape[2].DimValue,
                StrideY = (int)strides[0],
                StrideX = (int)strides[1],
                Top = (int)pads[0],
                Left = (int)pads[1],
                Bottom = (int)pads[2],
                Right = (int)pads[3],
            };
            return
                first.Height > 0
                && first.Width % Pixels == 0
                && first.StrideX is 2 or 4
                && first.OutputWidth == first.Width / first.StrideX
                && (conv.Ints("dilations") ?? [1, 1]).All(dilation => dilation == 1)
                ? first
                : null;
        }
    }
}
