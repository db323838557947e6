using System.Collections.Immutable;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Packaging;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Export;

/// <summary>Makes the candidates for each encoding of one float model, best first to be tried.</summary>
internal sealed class EncodingMaker
{
    private readonly OnnxGraph _source;
    private readonly RecoveryLadder _ladder;
    private readonly IReadOnlyList<Func<byte[]>> _pictures;
    private readonly long[] _shape;
    private readonly Func<OnnxGraph, CancellationToken, OnnxGraph>? _lastRung;
    private readonly bool _trainsFirst;

    public EncodingMaker(OnnxGraph source, IReadOnlyList<Func<byte[]>> pictures, long[] shape, QuantizeOptions options)
    {
        (_source, _pictures, _shape, _lastRung, _trainsFirst) = (source, pictures, shape, options.LastRung, options.TrainsFirst);
        _ladder = new RecoveryLadder(source, pictures, shape, options.ToInt8(), options.SharedFolder);
    }

    /// <summary>Whether encodings can be made of a graph at all: asked before slow work starts.</summary>
    /// <param name="graph">Float, one uint8 input; with or without its head.</param>
    /// <param name="encodings">Which ones.</param>
    /// <exception cref="QuantizationException">One cannot be made: the message names a node and says why.</exception>
    public static void Check(OnnxGraph graph, IEnumerable<string> encodings)
    {
        if (encodings.Any(encoding => encoding is PackageEncoding.Int8 or PackageEncoding.Int8Portable))
        {
            _ = new Int8Encoder(graph).Activations;
        }
    }

    /// <summary>Whether an encoding has to see pictures.</summary>
    public static bool Calibrates(string encoding) => encoding != PackageEncoding.Fp16;

    /// <summary>Lazily: a candidate is only made when the ones before it did not do.</summary>
    public IEnumerable<EncodingCandidate> Candidates(string encoding, CancellationToken cancellation)
    {
        switch (encoding)
        {
            case PackageEncoding.Fp16:
                yield return Compact(CompactEncoder.Half(_source), []);
                break;
            case PackageEncoding.Weights8:
                yield return Compact(
                    CompactEncoder.Weights(_source, _pictures.Select(open => open()), _shape, cancellation),
                    ["biases corrected"]
                );
                break;
            default:
                if (_lastRung is { } first && _trainsFirst)
                {
                    yield return Trained(first, encoding, cancellation);
                }

                foreach (var candidate in _ladder.Climb(encoding == PackageEncoding.Int8Portable, cancellation))
                {
                    yield return Integers(candidate);
                }

                if (_lastRung is { } last && !_trainsFirst)
                {
                    yield return Trained(last, encoding, cancellation);
                }

                break;
        }
    }

    private EncodingCandidate Trained(
        Func<OnnxGraph, CancellationToken, OnnxGraph> train,
        string encoding,
        CancellationToken cancellation
    ) => Integers(_ladder.Trained(graph => train(graph, cancellation), encoding == PackageEncoding.Int8Portable, cancellation));

    /// <summary>Measures how sensitive one shard's layers are, for others to find.</summary>
    public int RankPart(string encoding, Shard shard, CancellationToken cancellation) =>
        _ladder.RankPart(encoding == PackageEncoding.Int8Portable, shard, cancellation);

    private EncodingCandidate Integers(Int8Candidate candidate) =>
        new(
            candidate.Graph.ToBytes(),
            candidate.Steps,
            [.. candidate.Report.Skipped.Select(skip => $"{skip.Node} ({skip.Operation}): {Why(skip.Reason)}")],
            pictures => SignalToNoise.Measure(candidate.Prepared, candidate.Graph, pictures, _shape)
        );

    private static EncodingCandidate Compact(OnnxGraph graph, ImmutableArray<string> steps) => new(graph.ToBytes(), steps, [], _ => []);

    private static string Why(SkipReason reason) =>
        reason switch
        {
            SkipReason.KeptForAccuracy => "kept for accuracy",
            SkipReason.WeightsNotConstant => "its weights are no constants",
            SkipReason.NotFloat => "it calculates on other numbers than 32-bit floats",
            _ => "integers do not know the operation",
        };
}
