using Google.Protobuf;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using MLNetPerson.Testing;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Tests.Onnx;

/// <summary>What makes a model unusable: one fault each.</summary>
internal static class StrangersFaults
{
    public static void Make(string what, ModelProto model, TempFolder folder)
    {
        var graph = model.Graph;
        var first = graph.Initializer.First(tensor => tensor.Name == "first.w");
        switch (what)
        {
            case "no opset":
                model.OpsetImport.Clear();
                model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
                break;
            case "two opsets":
                model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx", Version = 17 });
                break;
            case "opset 11" or "opset 99":
                model.OpsetImport[0].Version = long.Parse(what[6..], System.Globalization.CultureInfo.InvariantCulture);
                break;
            case "constants that differ":
                graph.Initializer.Add(OnnxTensor.Of("first.w", StrangersModels.Noise(216, 9), 8, 3, 3, 3));
                break;
            case "external weights that are missing":
                PutOutside(first, "weights.bin", 0, 864);
                break;
            case "external weights elsewhere":
                PutOutside(first, "../weights.bin", 0, 864);
                break;
            case "external weights cut short":
                folder.Write("weights.bin", new byte[7]);
                PutOutside(first, "weights.bin", 0, 864);
                break;
            case "weights that are not numbers":
                var values = first.Floats();
                (values[1], values[2], values[50]) = (float.NaN, float.NaN, float.NaN);
                first.RawData = OnnxTensor.Of("", values, values.Length).RawData;
                break;
            case "two makers":
                graph.Node.Add(OnnxNode.Create("Relu", ["second"], ["before"]));
                break;
            case "a cycle":
                graph.Node[1].Input[0] = "before";
                break;
            case "a reading of nothing":
                graph.Node.Insert(3, OnnxNode.Create("Add", ["first", "nowhere"], ["odd"]));
                break;
            case "a branch's reading of nothing":
                var branch = new GraphProto
                {
                    Name = "branch",
                    Node = { OnnxNode.Create("Relu", ["nowhere"], ["inside"]) },
                    Output = { GraphBuilder.Describe("inside", DataType.Float, []) },
                };
                AttributeProto Branch(string name) =>
                    new()
                    {
                        Name = name,
                        Type = AttributeProto.Types.AttributeType.Graph,
                        G = branch.Clone(),
                    };
                graph.Initializer.Add(
                    new TensorProto
                    {
                        Name = "cond",
                        DataType = (int)DataType.Bool,
                        RawData = ByteString.CopyFrom(1),
                    }
                );
                graph.Node.Add(OnnxNode.Create("If", ["cond"], ["after"], Branch("then_branch"), Branch("else_branch")));
                break;
            case "an operation of nobody":
                graph.Node.First(node => node.OpType == "Relu").OpType = "Conjure";
                break;
            case "a function in the default domain":
                model.Functions.Add(new FunctionProto { Name = "Relu" });
                break;
            case "bytes as input":
                graph.Input[0].Type.TensorType.ElemType = (int)DataType.Uint8;
                break;
            case "a vector as input":
                graph.Input[0] = GraphBuilder.Describe("input", DataType.Float, [-1, 3]);
                break;
            case "two inputs":
                graph.Input.Add(GraphBuilder.Describe("other", DataType.Float, [1]));
                break;
            case "a constant as tap":
                graph.Node.Remove(graph.Node.First(node => node.Output[0] == "last"));
                graph.Initializer.Add(
                    OnnxTensor.Of("last", StrangersModels.Noise(StrangersModels.Channels), 1, StrangersModels.Channels, 1, 1)
                );
                break;
            case "a batch of one":
                graph.Initializer.Add(OnnxTensor.Of("fixed", [1L, StrangersModels.Channels, 8, 8], 4));
                graph.Node.First(node => node.Output[0] == "last").OpType = "Reshape";
                graph.Node.First(node => node.Output[0] == "last").Input.Add("fixed");
                break;
            case "a tap of size zero":
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, "no such fault");
        }
    }

    /// <summary>Rows from 0 to 0 of the tensor.</summary>
    public static string NoRows(GraphBuilder b) =>
        b.Node(
            "Slice",
            "none",
            [
                "before",
                b.Constant(OnnxTensor.Of("from", [0L], 1)),
                b.Constant(OnnxTensor.Of("to", [0L], 1)),
                b.Constant(OnnxTensor.Of("along", [2L], 1)),
            ]
        );

    /// <summary>Lets a tensor say that its values stand in another file.</summary>
    public static void PutOutside(TensorProto tensor, string location, long offset, long length)
    {
        tensor.RawData = ByteString.Empty;
        tensor.DataLocation = 1;
        foreach (var (key, value) in new[] { ("location", location), ("offset", $"{offset}"), ("length", $"{length}") })
        {
            tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        }
    }
}
