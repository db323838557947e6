using MLNetPerson.Files;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Export;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Benchmarks.Tuning;

/// <summary>What ready packages are tuned on, and what chooses between them.</summary>
internal sealed class TuningData
{
    /// <summary>For a package's card.</summary>
    public const string Terms =
        "VOC2007 and VOC2012: Flickr photographs under the PASCAL VOC terms, for research. COCO val2017: annotations CC BY 4.0, "
        + "photographs from Flickr under their owners' terms. ADE20K and ImageNet samples: research, non-commercial. BSDS500, Flickr8k "
        + "and CamVid: research. Few others: MIT and CC0. Demo: photographs inside npm packages under MIT and Apache-2.0 "
        + "(models/demo/photos.csv). The photographers keep their rights; no photograph is inside this package. More than a third of the "
        + "pictures that are not VOC2007's were labelled by a detector, whose labels count less.";

    private readonly Dataset _demo = DemoPhotos.BringAsync(CacheFolder.Sub("demo")).GetAwaiter().GetResult();

    public Dataset Voc { get; } = BenchmarkData.Photos();

    public Dataset Pool { get; } = BenchmarkData.Pool();

    public Dataset Training =>
        new(
            "voc2007 and pool (train splits) and the demo's training photographs",
            [.. Voc.Only("train").Samples, .. Pool.Only("train").Samples, .. _demo.Only("train").Samples]
        );

    public Dataset HeldOut =>
        new(
            "voc2007 and pool (dev splits) and the demo's test photographs",
            [.. Voc.Only("dev").Samples, .. Pool.Only("dev").Samples, .. _demo.Only("test").Samples]
        );

    /// <summary>A package's float model up to its logit: what is trained.</summary>
    public static OnnxGraph Logits(ModelPackage package)
    {
        var encoding = package.Encoding(PackageEncoding.Float32);
        var graph = OnnxGraph.Parse(package.ReadBytes(encoding.File), encoding.File);
        graph.Model.Graph.Output.Clear();
        new GraphBuilder(graph).Output(ModelAssembler.LogitName, DataType.Float, -1, 1);
        graph.RemoveUnused();
        return graph;
    }
}
