using System.Collections.Immutable;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Onnx.Quantization;

/// <summary>Lists what ONNX Runtime makes of a model on this machine: which operations it fused, and which numbers each calculates
/// with.</summary>
public static class LayerInspector
{
    private static readonly string[] WithWeights = ["Conv", "FusedConv", "QLinearConv", "Gemm", "FusedGemm", "QGemm", "MatMul"];

    /// <summary>Loads the model as for running, and reads the graph as it was rewritten.</summary>
    /// <param name="model">An ONNX file's bytes.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <exception cref="OnnxModelException">ONNX Runtime does not take it.</exception>
    /// <exception cref="OnnxGraphException">Not an ONNX model.</exception>
    public static ImmutableArray<LayerInfo> Inspect(byte[] model, string name)
    {
        var folder = Directory.CreateTempSubdirectory("mlnetperson-");
        try
        {
            var path = Path.Combine(folder.FullName, "optimized.onnx");
            OnnxModel.Load(model, name, new OnnxModelOptions { OptimizedModelPath = path, ExactIntegers = false }).Dispose();
            return Layers(OnnxGraph.Parse(File.ReadAllBytes(path), name));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ImmutableArray<LayerInfo> Layers(OnnxGraph graph)
    {
        var types = graph.Initializers.ToDictionary(tensor => tensor.Name, tensor => (DataType)tensor.DataType, StringComparer.Ordinal);
        foreach (var input in graph.Model.Graph.Input)
        {
            types.TryAdd(input.Name, (DataType)input.Type.TensorType.ElemType);
        }

        var layers = ImmutableArray.CreateBuilder<LayerInfo>();
        foreach (var node in graph.Nodes)
        {
            var output = OutputType(node, types);
            foreach (var tensor in node.Output)
            {
                types[tensor] = output;
            }

            // A joining of integers names its own scale and zero point first.
            var first = node.OpType == "QLinearConcat" ? 2 : 0;
            var input = node.Input.Count <= first ? output : types.GetValueOrDefault(node.Input[first], DataType.Float);
            layers.Add(
                new LayerInfo(
                    node.Name,
                    node.OpType,
                    Word(input),
                    Word(output),
                    WithWeights.Contains(node.OpType) ? Word(WeightType(node, types)) : ""
                )
            );
        }

        return layers.ToImmutable();
    }

    private static DataType WeightType(NodeProto node, Dictionary<string, DataType> types) =>
        types.GetValueOrDefault(node.Input[node.OpType is "QLinearConv" or "QGemm" ? 3 : 1], DataType.Float);

    private static DataType OutputType(NodeProto node, Dictionary<string, DataType> types) =>
        node.OpType switch
        {
            "DequantizeLinear" => DataType.Float,
            "QuantizeLinear" => node.Input.Count > 2 ? types.GetValueOrDefault(node.Input[2], DataType.Uint8) : DataType.Uint8,
            "Cast" => (DataType)node.Int("to", (long)DataType.Float),
            "Shape" => DataType.Int64,

            // Without a scale for its output, a product of integers ends in float.
            "QGemm" => node.Input.Count > 7 && node.Input[7].Length > 0
                ? types.GetValueOrDefault(node.Input[0], DataType.Uint8)
                : DataType.Float,
            "QLinearConcat" => node.Input.Count > 1 ? types.GetValueOrDefault(node.Input[1], DataType.Uint8) : DataType.Uint8,
            _ => node.Input.Count == 0 ? DataType.Float : types.GetValueOrDefault(node.Input[0], DataType.Float),
        };

    private static string Word(DataType type) => type.ToString().ToLowerInvariant();
}
