using Microsoft.ML.Transforms.Onnx;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Onnx;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>ONNX files for ML.NET's own <c>ApplyOnnxModel</c>, whose columns are called as the file's tensors are.</summary>
internal static class Networks
{
    /// <summary>Gives bytes of any count the shape of a model's input: a column of known size is what ML.NET's steps ask for.</summary>
    public static byte[] Reshape(ImageSpec input)
    {
        var builder = new GraphBuilder("pixels");
        builder.Input(Temporary.Bytes, DataType.Uint8, -1, -1);
        builder.Node(
            "Reshape",
            Temporary.Pixels,
            [Temporary.Bytes, builder.Constant(OnnxTensor.Of("shape", [1L, input.Height, input.Width, 3], 4))]
        );
        builder.Output(Temporary.Pixels, DataType.Uint8, 1, input.Height, input.Width, 3);
        return builder.Graph.ToBytes();
    }

    /// <summary>The same network with other names for its only input and output.</summary>
    public static byte[] Rename(OnnxGraph graph, string input, string output)
    {
        var copy = graph.Clone();
        var (oldInput, oldOutput) = (copy.InputNames.Single(), copy.OutputNames.Single());
        copy.Rewire(oldInput, input);
        copy.Rewire(oldOutput, output);
        foreach (var node in copy.Nodes)
        {
            for (var i = 0; i < node.Output.Count; i++)
            {
                node.Output[i] = node.Output[i] == oldOutput ? output : node.Output[i];
            }
        }

        copy.Model.Graph.Input.Single(entry => entry.Name == oldInput).Name = input;
        copy.Model.Graph.Output.Single(entry => entry.Name == oldOutput).Name = output;
        return copy.ToBytes();
    }

    /// <summary>The feature network for ML.NET's own <c>ExtractPixels</c>: the same numbers, handed over as floats.</summary>
    public static byte[] TakingFloats(FeatureNetwork network, string input, string output)
    {
        var graph = network.Graph.Clone();
        graph.Model.Graph.Input.Single(entry => entry.Name == FeatureNetwork.InputName).Type.TensorType.ElemType = (int)DataType.Float;
        return Rename(graph, input, output);
    }

    /// <summary>How ML.NET's own step runs a network between two columns called as its tensors are.</summary>
    /// <param name="bytes">The network.</param>
    /// <param name="name">What its file is called in the cache folder.</param>
    /// <param name="input">Column and tensor.</param>
    /// <param name="output">Column and tensor.</param>
    /// <param name="threads">That share a run; a cursor over rows is parallel already.</param>
    public static OnnxOptions Step(byte[] bytes, string name, string input, string output, int threads = 1) =>
        new()
        {
            ModelFile = File(bytes, name),
            InputColumns = [input],
            OutputColumns = [output],
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
        };

    /// <summary>A file with that content in the cache folder: ML.NET takes networks from files only, and reads the file again when it saves
    /// a model.</summary>
    public static string File(byte[] bytes, string name)
    {
        var path = Path.Combine(CacheFolder.Sub("mlnet"), $"{name}-{Sha256Text.OfBytes(bytes)[..16]}.onnx");
        if (!System.IO.File.Exists(path) || !System.IO.File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
        {
            AtomicFile.WriteBytes(path, bytes);
        }

        return path;
    }
}
