using System.Numerics.Tensors;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;

namespace MLNetPerson.Onnx.Quantization.Ranges;

/// <summary>Runs a float graph on pictures with its activations exposed, and gathers their ranges. Only one picture's tensors exist at a
/// time.</summary>
internal sealed class Calibrator
{
    private readonly Dictionary<string, Statistics> _statistics;
    private readonly OnnxModel _model;

    private Calibrator(OnnxModel model, IEnumerable<string> tensors, RangeMethod method, double percentile)
    {
        _model = model;
        _statistics = tensors.ToDictionary(
            tensor => tensor,
            _ => new Statistics(RangeFinder.Create(method, percentile)),
            StringComparer.Ordinal
        );
    }

    /// <summary>Calibrates.</summary>
    /// <param name="graph">Float, one uint8 input.</param>
    /// <param name="tensors">The activations to look at: float, [N, channels, …].</param>
    /// <param name="pictures">Inputs of one picture each, [1, height, width, 3] bytes.</param>
    /// <param name="shape">The input's shape.</param>
    /// <param name="method">How ranges are found.</param>
    /// <param name="percentile">For that method.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    /// <exception cref="QuantizationException">A tensor has no range: it is not finite, or there was no picture.</exception>
    public static IReadOnlyDictionary<string, CalibratedTensor> Run(
        OnnxGraph graph,
        IReadOnlyCollection<string> tensors,
        IEnumerable<byte[]> pictures,
        long[] shape,
        RangeMethod method,
        double percentile,
        CancellationToken cancellation = default
    )
    {
        if (tensors.Count == 0)
        {
            return new Dictionary<string, CalibratedTensor>(StringComparer.Ordinal); // nothing of the graph can become integers
        }

        using var model = OnnxModel.Load(
            Expose(graph, tensors).ToBytes(),
            "calibration",
            new OnnxModelOptions { Optimization = GraphOptimization.None, Threads = 0 }
        );
        var calibrator = new Calibrator(model, tensors, method, percentile);
        foreach (var picture in pictures)
        {
            cancellation.ThrowIfCancellationRequested();
            calibrator.Add(picture, shape);
        }

        return calibrator
            ._statistics.Where(entry => !entry.Value.IsEmptyEverywhere)
            .ToDictionary(entry => entry.Key, entry => entry.Value.Result(entry.Key), StringComparer.Ordinal);
    }

    /// <summary>The graph with the named tensors as its outputs.</summary>
    public static OnnxGraph Expose(OnnxGraph graph, IEnumerable<string> tensors) => TensorKinds.Open(graph, tensors);

    private void Add(byte[] picture, long[] shape)
    {
        foreach (var tensor in _model.Run<byte>(picture, shape))
        {
            _statistics[tensor.Name].Add(tensor);
        }
    }

    private sealed class Statistics(RangeFinder finder)
    {
        private double[] _sums = [];
        private float[] _max = [];
        private long _positions;
        private bool _seen;

        /// <summary>Whether pictures came and the tensor had no value on any of them: it needs no range.</summary>
        public bool IsEmptyEverywhere => _seen && _positions == 0;

        public void Add(FloatTensor tensor)
        {
            var channels = tensor.Shape.Length < 2 ? 1 : (int)tensor.Shape[1];
            _seen = true;
            if (tensor.Values.Length == 0)
            {
                return; // a tensor without a value on this picture has no range there
            }

            if (_sums.Length < channels)
            {
                (_sums, _max) = (
                    [.. _sums, .. new double[channels - _sums.Length]],
                    [.. _max, .. Enumerable.Repeat(float.NegativeInfinity, channels - _max.Length)]
                );
            }

            var perChannel = tensor.Values.Length / channels; // one picture: channel by channel
            try
            {
                finder.Add(tensor.Values);
            }
            catch (InvalidOperationException exception)
            {
                throw new QuantizationException(
                    $"Tensor '{tensor.Name}' cannot be calibrated: {exception.Message}. The float model itself gives it on a calibration "
                        + $"picture.",
                    exception
                );
            }

            for (var channel = 0; channel < channels; channel++)
            {
                var values = tensor.Values.AsSpan(channel * perChannel, perChannel);
                _sums[channel] += TensorPrimitives.Sum<float>(values);
                _max[channel] = MathF.Max(_max[channel], TensorPrimitives.Max<float>(values));
            }

            _positions += perChannel;
        }

        public CalibratedTensor Result(string name)
        {
            try
            {
                return new CalibratedTensor(finder.Range(), [.. _sums.Select(sum => sum / _positions)], _max);
            }
            catch (InvalidOperationException exception)
            {
                throw new QuantizationException($"Tensor '{name}' cannot be calibrated: {exception.Message}.", exception);
            }
        }
    }
}
