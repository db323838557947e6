using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Onnx;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>A network from uint8 pixels to floats, with its tensors called as our temporary columns are.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Bytes">The ONNX file's content.</param>
/// <param name="Input">What it reads.</param>
/// <param name="OutputCount">Values for one picture.</param>
internal sealed record PixelNetwork(string Name, byte[] Bytes, ImageSpec Input, int OutputCount)
{
    public static PixelNetwork Of(FeatureNetwork network) =>
        new(network.Card.Name, Networks.Rename(network.Graph, Temporary.Pixels, Temporary.Features), network.Input, network.Width);

    /// <summary>A package's whole model: its one output is the probability.</summary>
    public static PixelNetwork Of(ModelPackage package, PackageEncoding encoding)
    {
        var graph = OnnxGraph.Parse(package.ReadBytes(encoding.File), package.PathOf(encoding.File));
        return new(package.Manifest.Name, Networks.Rename(graph, Temporary.Pixels, Temporary.Features), package.Manifest.Input.ToSpec(), 1);
    }

    public OnnxModel Load() => OnnxModel.Load(Bytes, Name, new OnnxModelOptions { Threads = 1 });

    /// <exception cref="InvalidOperationException">The column is missing, or holds other than this network's pixels.</exception>
    public void Check(DataViewSchema schema, string column)
    {
        var found =
            schema.GetColumnOrNull(column)
            ?? throw new InvalidOperationException(
                $"There is no column '{column}' with pixels; the data has {string.Join(", ", schema.Select(other => other.Name))}. Put "
                    + $"LoadPersonImages before this step."
            );
        if (
            found.Type is not VectorDataViewType { ItemType: NumberDataViewType item } vector
            || item != NumberDataViewType.Byte
            || vector.Size != Input.ByteCount
        )
        {
            throw new InvalidOperationException(
                $"Column '{column}' is {found.Type}; network '{Name}' reads {Input.Height} x {Input.Width} x 3 bytes. Give "
                    + $"LoadPersonImages the network's own input."
            );
        }
    }

    public override string ToString() => $"{Name}, {OutputCount} features";
}
