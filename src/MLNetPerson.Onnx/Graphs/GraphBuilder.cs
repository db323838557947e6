using MLNetPerson.Onnx.Graphs.Proto;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Onnx.Graphs;

/// <summary>Writes a new graph, or goes on with one: each method adds a node and returns its output's name.</summary>
internal sealed class GraphBuilder
{
    /// <summary>IR version 8 belongs to opset 13 and is read by every ONNX Runtime since 1.10.</summary>
    private const int IrVersion = 8;

    private readonly OnnxGraph _graph;

    public GraphBuilder(string name)
        : this(
            OnnxGraph.Own(
                new ModelProto
                {
                    IrVersion = IrVersion,
                    ProducerName = "MLNetPerson",
                    OpsetImport =
                    {
                        new OperatorSetIdProto { Domain = "", Version = OnnxGraph.OldestOpset },
                    },
                    Graph = new GraphProto { Name = name },
                }
            )
        )
    { }

    public GraphBuilder(OnnxGraph graph) => _graph = graph;

    public OnnxGraph Graph => _graph;

    public string Input(string name, DataType type, params ReadOnlySpan<long> shape)
    {
        _graph.Model.Graph.Input.Add(Describe(name, type, shape));
        return name;
    }

    public string Output(string name, DataType type, params ReadOnlySpan<long> shape)
    {
        _graph.Model.Graph.Output.Add(Describe(name, type, shape));
        return name;
    }

    public string Constant(TensorProto tensor) => _graph.SetInitializer(tensor);

    public string Node(string op, string output, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes)
    {
        _graph.Nodes.Add(OnnxNode.Create(op, inputs, [output], attributes));
        return output;
    }

    /// <summary>A description of a tensor; −1 stands for the batch, which stays open.</summary>
    public static ValueInfoProto Describe(string name, DataType type, ReadOnlySpan<long> shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (var size in shape)
        {
            dimensions.Dim.Add(
                size < 0
                    ? new TensorShapeProto.Types.Dimension { DimParam = "N" }
                    : new TensorShapeProto.Types.Dimension { DimValue = size }
            );
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dimensions },
            },
        };
    }
}
