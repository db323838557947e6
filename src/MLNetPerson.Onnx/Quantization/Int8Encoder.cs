using System.Collections.Immutable;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using MLNetPerson.Onnx.Passes;
using MLNetPerson.Onnx.Quantization.Passes;
using MLNetPerson.Onnx.Quantization.Ranges;

namespace MLNetPerson.Onnx.Quantization;

/// <summary>A float graph to one that runs on integers from the pixels to the logit.</summary>
internal sealed class Int8Encoder
{
    private readonly OnnxGraph _prepared;
    private readonly ImmutableArray<string> _preparation;
    private IReadOnlyDictionary<string, CalibratedTensor>? _calibrated;

    /// <summary>Prepares a graph: folds what can be folded, and lets the first convolution read bytes.</summary>
    /// <exception cref="QuantizationException">It is quantized already.</exception>
    public Int8Encoder(OnnxGraph source)
    {
        if (source.Nodes.FirstOrDefault(IsQuantized) is { } node)
        {
            throw new QuantizationException(
                $"The model is quantized already: node '{node.Name}' is a {node.OpType}. Quantize the float model."
            );
        }

        (_prepared, _preparation) = PassChain.Run(
            TensorKinds.Marked(source),
            new RemoveIdentity(),
            new FoldCasts(),
            new FoldConstants(),
            new FoldBatchNorm(),
            new JoinPointwiseConvolutions(),
            new TakePixelsAsIntegers()
        );
    }

    private Int8Encoder(OnnxGraph prepared, ImmutableArray<string> preparation)
    {
        _prepared = prepared;
        _preparation = preparation;
    }

    /// <summary>The float graph that integers are made from, and that they are compared with tensor by tensor.</summary>
    public OnnxGraph Prepared => _prepared;

    /// <summary>The activations that may become integers.</summary>
    public IReadOnlyList<string> Activations
    {
        get
        {
            var tensors = new List<string>();
            foreach (var node in _prepared.Nodes)
            {
                if (InsertQuantizeDequantize.WhyFloat(_prepared, node) is null)
                {
                    tensors.AddRange(InsertQuantizeDequantize.Activations(_prepared, node));
                    tensors.Add(node.Output[0]);
                }
                else if ((node.IsStandard("Clip") || node.IsStandard("Relu")) && !_prepared.NotFloat.Contains(node.Output[0]))
                {
                    tensors.Add(node.Output[0]);
                }
            }

            // Pictures are bytes already, and what a Clip reads never shows.
            return
            [
                .. tensors
                    .Distinct(StringComparer.Ordinal)
                    .Where(tensor =>
                        !_prepared.InputNames.Contains(tensor)
                        && !IsPixels(tensor)
                        && _prepared.OnlyConsumer(tensor) is not { OpType: "Clip" or "Relu" }
                    ),
            ];
        }
    }

    /// <summary>Finds the activations' ranges.</summary>
    public void Calibrate(IEnumerable<byte[]> pictures, long[] shape, Int8Options options, CancellationToken cancellation = default) =>
        _calibrated = Calibrator.Run(_prepared, Activations, pictures, shape, options.Range, options.Percentile, cancellation);

    /// <summary>An encoder of the same graph with its layers' ranges shared out. It has to be calibrated again.</summary>
    public Int8Encoder Equalized()
    {
        var (graph, changes) = PassChain.Run(
            _prepared,
            new EqualizeAcrossLayers(_calibrated ?? throw new InvalidOperationException("Calibrate first."))
        );
        return new Int8Encoder(graph, [.. _preparation, .. changes]);
    }

    /// <summary>Makes the integer graph.</summary>
    /// <param name="options">How.</param>
    /// <param name="kept">Names of nodes to leave in float.</param>
    /// <param name="train">Changes the integer graph's weights before its first layer is rewritten for speed; null for none.</param>
    public (OnnxGraph Graph, QuantizationReport Report) Encode(
        Int8Options options,
        IReadOnlySet<string>? kept = null,
        Func<OnnxGraph, OnnxGraph>? train = null
    )
    {
        kept ??= ImmutableHashSet<string>.Empty;
        var calibrated = _calibrated ?? throw new InvalidOperationException("Calibrate first.");
        var weights = options.PortableWeights ? IntegerRange.PortableWeights : IntegerRange.Weights;
        var parameters = Parameters(calibrated);
        var insert = new InsertQuantizeDequantize(parameters, kept, weights);
        List<GraphPass> passes =
        [
            new AveragePoolAsConvolution(
                calibrated.ToDictionary(entry => entry.Key, entry => entry.Value.ChannelMeans.Length, StringComparer.Ordinal)
            ),
            new RemoveRedundantClips(parameters, kept),
            .. options.BiasCorrection ? new GraphPass[] { new CorrectBias(calibrated, weights, kept) } : [],
            new SplitHeadWeights(parameters, weights, kept),
            insert,
        ];
        var (plain, changes) = PassChain.Run(_prepared, [.. passes]);
        var (graph, last) = PassChain.Run(train is null ? plain : train(plain), new PixelsAreTheIntegers(), new ReadPixelsInFours());
        changes = [.. changes, .. last];
        var left = graph.Nodes.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        return (
            graph,
            new QuantizationReport(
                [.. insert.Quantized],
                [.. insert.Skipped.Where(skip => left.Contains(skip.Node) && !IsByteMove(graph, skip))],
                [.. _preparation, .. changes]
            )
        );
    }

    private static bool IsQuantized(NodeProto node) =>
        node.OpType
            is "QuantizeLinear"
                or "DequantizeLinear"
                or "DynamicQuantizeLinear"
                or "ConvInteger"
                or "MatMulInteger"
                or "MatMulIntegerToFloat"
                or "DynamicQuantizeMatMul"
                or "MatMulNBits"
                or "QGemm"
                or "QAttention"
        || node.OpType.StartsWith("QLinear", StringComparison.Ordinal)
        || Subgraphs.Of(node).Any(graph => graph.Node.Any(IsQuantized));

    private Dictionary<string, QuantizationParameters> Parameters(IReadOnlyDictionary<string, CalibratedTensor> calibrated)
    {
        var parameters = calibrated.ToDictionary(
            entry => entry.Key,
            entry => QuantizationParameters.Asymmetric(entry.Value.Range, IntegerRange.Activations),
            StringComparer.Ordinal
        );
        if (InputNormalization.Find(_prepared) is { } input)
        {
            parameters[input.Normalised] = new QuantizationParameters((float)input.CommonScale, input.ZeroPoint);
        }

        return parameters;
    }

    /// <summary>The picture's bytes put into another order: no float, whatever the operation.</summary>
    private static bool IsByteMove(OnnxGraph graph, SkippedNode skip) =>
        graph.Nodes.First(node => node.Name == skip.Node).Reads().Any(graph.InputNames.Contains);

    private bool IsPixels(string tensor) => _prepared.Producer(tensor) is { } producer && producer.Input.Any(_prepared.InputNames.Contains);
}
