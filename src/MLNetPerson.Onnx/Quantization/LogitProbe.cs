using System.Security.Cryptography;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Quantization.Ranges;

namespace MLNetPerson.Onnx.Quantization;

/// <summary>How far an encoding's logits are from the float model's on a few pictures: finer than decisions, of which a small dataset has
/// few that differ.</summary>
internal sealed class LogitProbe
{
    private readonly IReadOnlyList<byte[]> _pictures;
    private readonly long[] _shape;
    private readonly string _logit;
    private readonly float[][] _exact;

    /// <param name="graph">Float.</param>
    /// <param name="pictures">Inputs of one picture each.</param>
    /// <param name="shape">The input's shape.</param>
    public LogitProbe(OnnxGraph graph, IReadOnlyList<byte[]> pictures, long[] shape)
    {
        (_pictures, _shape) = (pictures, shape);
        var output = graph.OutputNames[0];
        _logit = graph.Producer(output) is { } last && last.IsStandard("Sigmoid") ? last.Input[0] : output;
        _exact = [.. Logits(graph)];
        Key = SHA256.HashData([.. graph.ToBytes(), .. pictures.SelectMany(picture => SHA256.HashData(picture))]);
    }

    /// <summary>Hash of the float model and the pictures: two probes of one key measure the same.</summary>
    public byte[] Key { get; }

    /// <summary>Root of the mean squared difference of the logits.</summary>
    public double Error(OnnxGraph encoded)
    {
        double sum = 0;
        long count = 0;
        foreach (var (exact, given) in _exact.Zip(Logits(encoded)))
        {
            for (var i = 0; i < exact.Length; i++, count++)
            {
                sum += Math.Pow((double)exact[i] - given[i], 2);
            }
        }

        return Math.Sqrt(sum / count);
    }

    private IEnumerable<float[]> Logits(OnnxGraph graph)
    {
        using var model = OnnxModel.Load(Calibrator.Expose(graph, [_logit]).ToBytes(), "probe");
        foreach (var picture in _pictures)
        {
            yield return model.Run<byte>(picture, _shape).Single().Values;
        }
    }
}
