using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Work;

namespace MLNetPerson.Onnx.Quantization;

/// <summary>
/// Integer graphs of the same float graph, each with more done for its accuracy than the one before: biases corrected, then ranges
/// shared out across layers, then the most sensitive layers left in float.
/// </summary>
internal sealed class RecoveryLadder
{
    /// <summary>Layers left in float at most, doubling from 1: a graph with more of them is no integer model.</summary>
    private const int MostKept = 8;

    /// <summary>Pictures that the logit is probed on: enough to rank layers by.</summary>
    private const int ProbePictures = 32;

    private readonly OnnxGraph _source;
    private readonly IReadOnlyList<Func<byte[]>> _pictures;
    private readonly long[] _shape;
    private readonly Int8Options _options;
    private readonly string? _sharedFolder;
    private readonly ImmutableHashSet<string> _left;

    // Ranges do not depend on the integers that weights take: all climbs share them.
    private Int8Encoder? _calibrated;
    private Int8Encoder? _equalized;
    private LogitProbe? _probe;

    /// <param name="source">Float, one uint8 input.</param>
    /// <param name="pictures">Each opens a calibration picture, the same one each time: they need not be in memory together.</param>
    /// <param name="shape">The input's shape.</param>
    /// <param name="options">Where to begin.</param>
    /// <param name="sharedFolder">Where processes leave how sensitive layers are, or null.</param>
    /// <param name="left">Names of nodes that every candidate leaves in float; null for none.</param>
    public RecoveryLadder(
        OnnxGraph source,
        IReadOnlyList<Func<byte[]>> pictures,
        long[] shape,
        Int8Options options,
        string? sharedFolder = null,
        IEnumerable<string>? left = null
    )
    {
        (_source, _pictures, _shape, _options) = (source, pictures, shape, options);
        (_sharedFolder, _left) = (sharedFolder, [.. left ?? []]);
    }

    /// <summary>Measures one shard's layers for others to find in the shared folder.</summary>
    /// <param name="portable">Whether weights take seven bits even where the options leave them eight.</param>
    /// <param name="shard">Which part is this process's.</param>
    /// <param name="cancellation">Ends the work between two layers; what was measured is kept.</param>
    /// <returns>How many layers are the shard's.</returns>
    public int RankPart(bool portable, Shard shard, CancellationToken cancellation)
    {
        var encoder = _calibrated ??= Calibrated(new Int8Encoder(_source), cancellation);
        var probe = _probe ??= new LogitProbe(_source, [.. Spread()], _shape);
        var options = _options with { PortableWeights = _options.PortableWeights || portable, BiasCorrection = true };
        var equalized = _equalized ??= Calibrated(encoder.Equalized(), cancellation);
        var better =
            Candidate(equalized, options, probe, [], []).LogitError < Candidate(encoder, options, probe, [], []).LogitError
                ? equalized
                : encoder;
        return Sensitivity.Rank(better, options, probe, _left, _sharedFolder, shard, cancellation).Length;
    }

    /// <summary>Step by step; nothing is worked out before it is asked for.</summary>
    /// <param name="portable">Whether weights take seven bits even where the options leave them eight.</param>
    /// <param name="cancellation">Ends the work between two pictures or layers.</param>
    /// <exception cref="QuantizationException">The graph is quantized already, or cannot be calibrated.</exception>
    public IEnumerable<Int8Candidate> Climb(bool portable = false, CancellationToken cancellation = default)
    {
        var encoder = _calibrated ??= Calibrated(new Int8Encoder(_source), cancellation);
        var probe = _probe ??= new LogitProbe(_source, [.. Spread()], _shape);
        var options = _options with { PortableWeights = _options.PortableWeights || portable };
        List<string> steps = options.BiasCorrection ? ["biases corrected"] : [];
        Int8Candidate best;
        yield return best = Candidate(encoder, options, probe, steps, []);

        if (!options.BiasCorrection)
        {
            options = options with { BiasCorrection = true };
            steps.Add("biases corrected");
            yield return best = Candidate(encoder, options, probe, steps, []);
        }

        cancellation.ThrowIfCancellationRequested();
        var equalized = _equalized ??= Calibrated(encoder.Equalized(), cancellation);
        var candidate = Candidate(equalized, options, probe, [.. steps, "ranges equalized across layers"], []);
        yield return candidate;

        if (candidate.LogitError < best.LogitError)
        {
            (encoder, steps) = (equalized, [.. candidate.Steps]);
        }
        else
        {
            steps.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"equalization tried and left out (logit error {candidate.LogitError:0.000} instead of {best.LogitError:0.000})"
                )
            );
        }

        var ranked = Sensitivity.Rank(encoder, options, probe, _left, _sharedFolder, Shard.Whole, cancellation);
        for (var kept = 1; kept <= Math.Min(MostKept, ranked.Length); kept *= 2)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Candidate(encoder, options, probe, steps, [.. ranked.Take(kept).Select(layer => layer.Node)]);
        }
    }

    /// <summary>The last rung: the integer graph itself, trained through its rounding.</summary>
    /// <param name="train">Trains; gives the same graph with other weights.</param>
    /// <param name="portable">Whether weights take seven bits even where the options leave them eight.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public Int8Candidate Trained(Func<OnnxGraph, OnnxGraph> train, bool portable, CancellationToken cancellation)
    {
        var encoder = _calibrated ??= Calibrated(new Int8Encoder(_source), cancellation);
        var probe = _probe ??= new LogitProbe(_source, [.. Spread()], _shape);
        var options = _options with { PortableWeights = _options.PortableWeights || portable, BiasCorrection = true };
        var (graph, report) = encoder.Encode(options, _left, train);
        return new Int8Candidate(graph, report, ["biases corrected", "quantization-aware training"], probe.Error(graph), encoder.Prepared);
    }

    private Int8Candidate Candidate(
        Int8Encoder encoder,
        Int8Options options,
        LogitProbe probe,
        IEnumerable<string> steps,
        ImmutableArray<string> kept
    )
    {
        var (graph, report) = encoder.Encode(options, _left.Union(kept));
        return new Int8Candidate(
            graph,
            report,
            kept.IsEmpty ? [.. steps] : [.. steps, $"left in float: {string.Join(", ", kept)}"],
            probe.Error(graph),
            encoder.Prepared
        );
    }

    /// <summary>Evenly over all pictures, which are persons first and others after, or the other way round.</summary>
    private IEnumerable<byte[]> Spread()
    {
        var wanted = Math.Min(ProbePictures, _pictures.Count);
        return Enumerable.Range(0, wanted).Select(i => _pictures[(int)((long)i * _pictures.Count / wanted)]());
    }

    private Int8Encoder Calibrated(Int8Encoder encoder, CancellationToken cancellation)
    {
        encoder.Calibrate(Opened(), _shape, _options, cancellation);
        return encoder;
    }

    private IEnumerable<byte[]> Opened() => _pictures.Select(open => open());
}
