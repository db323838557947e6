using MLNetPerson.Images;
using MLNetPerson.Tuning.Batches;
using MLNetPerson.Tuning.Networks;
using static TorchSharp.torch;

namespace MLNetPerson.Tuning;

/// <summary>
/// Weights, the networks that share them (one for each input size), and what the optimizer remembers. Makes steps and judges pictures;
/// knows no schedule and no epochs.
/// </summary>
internal sealed class TrainingEngine : IDisposable
{
    private readonly Dictionary<ImageSpec, TorchNetwork> _networks = [];
    private readonly Func<ImageSpec, OnnxGraph> _graphs;
    private readonly TuningOptions _options;
    private readonly NetworkWeights _weights = new();
    private readonly string _name;
    private readonly List<(NetworkTensor Tensor, TrainedTensor State)> _trained = [];

    /// <param name="graphs">The network for an input size: uint8 [N, height, width, 3] to logits [N, 1].</param>
    /// <param name="spec">The main size.</param>
    /// <param name="options">What is trained, and how.</param>
    /// <param name="name">For errors.</param>
    public TrainingEngine(Func<ImageSpec, OnnxGraph> graphs, ImageSpec spec, TuningOptions options, string name)
    {
        (_graphs, _options, _name) = (graphs, options, name);
        set_num_threads(options.Threads == 0 ? Environment.ProcessorCount : options.Threads);
        Main = Network(spec);
        if (options.FrozenLayers >= _weights.Layers)
        {
            throw new TuningException(
                $"'frozenLayers' is {options.FrozenLayers}, and network '{name}' has {_weights.Layers} weighted layers: nothing is left to "
                    + $"tune. Freeze fewer."
            );
        }

        _weights.FreezeBelow(options.FrozenLayers);
        foreach (var tensor in _weights.All.Where(tensor => tensor.Trains))
        {
            var factor = Math.Pow(options.LayerDecay, _weights.Layers - 1 - tensor.Depth);
            _trained.Add((tensor, new TrainedTensor(tensor.Values, factor, tensor.Shape.Length > 1)));
        }
    }

    /// <summary>The network of the main size.</summary>
    public TorchNetwork Main { get; }

    /// <summary>Tensors that are trained, in the graph's order.</summary>
    public IReadOnlyList<(NetworkTensor Tensor, TrainedTensor State)> Trained => _trained;

    /// <summary>All weights, statistics too.</summary>
    public NetworkWeights Weights => _weights;

    /// <summary>Numbers that are trained.</summary>
    public long TrainedValues => _trained.Sum(pair => (long)pair.State.Gradient.Length);

    /// <summary>One step. Nothing is changed where the loss is not finite.</summary>
    /// <param name="batch">To learn from.</param>
    /// <param name="rate">Of this step.</param>
    /// <param name="step">From 1.</param>
    /// <returns>The mean loss, before the step.</returns>
    public double Step(Batch batch, double rate, long step)
    {
        using var scope = NewDisposeScope();
        var network = Network(new ImageSpec(batch.Width, batch.Side));
        var logits = network
            .Forward(
                ToTensor(batch.Pixels, batch.Count, batch.Side, batch.Width),
                _options.TrainNormalization ? NetworkMode.TrainNormalization : NetworkMode.Train
            )
            .reshape(-1);
        var weights = tensor(batch.Weights);
        var loss =
            nn.functional.binary_cross_entropy_with_logits(logits, tensor(batch.Targets), weights, nn.Reduction.Sum)
            / Math.Max(batch.Weights.Sum(), 1e-12f);
        double value = loss.item<float>();
        if (!double.IsFinite(value))
        {
            return value;
        }

        loss.backward();
        foreach (var (tensor, state) in _trained)
        {
            if (!tensor.CopyGradient(state.Gradient))
            {
                Array.Clear(state.Gradient);
            }

            tensor.ClearGradient();
        }

        var norm = Optimizers.Clip(_trained.Select(pair => pair.State), _options.ClipNorm);
        if (!double.IsFinite(norm))
        {
            return double.NaN;
        }

        foreach (var (tensor, state) in _trained)
        {
            var values = tensor.Values;
            if (_options.Optimizer == OptimizerKind.AdamW)
            {
                Optimizers.AdamW(values, state, rate * state.RateFactor, _options.WeightDecay, step);
            }
            else
            {
                Optimizers.Sgd(values, state, rate * state.RateFactor, _options.WeightDecay, _options.Momentum);
            }

            Optimizers.MoveAverage(values, state.Average, _options.Average, step);
        }

        return value;
    }

    /// <summary>Logits of pictures by the averaged weights, as in prediction.</summary>
    /// <param name="pixels">[count, height, width, 3] bytes of <paramref name="spec"/>'s size.</param>
    /// <param name="count">Pictures.</param>
    /// <param name="spec">Their size.</param>
    public float[] Logits(byte[] pixels, int count, ImageSpec spec)
    {
        using var scope = NewDisposeScope();
        return Network(spec)
            .Forward(ToTensor(pixels, count, spec.Height, spec.Width), NetworkMode.Predict)
            .reshape(-1)
            .data<float>()
            .ToArray();
    }

    /// <summary>Lets the averaged weights take the place of the weights, and back: what is judged and kept is the average.</summary>
    public void SwapAverage()
    {
        foreach (var (tensor, state) in _trained)
        {
            var values = tensor.Values;
            for (var i = 0; i < values.Length; i++)
            {
                (values[i], state.Average[i]) = (state.Average[i], values[i]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var network in _networks.Values)
        {
            network.Dispose();
        }

        _weights.Dispose();
    }

    private TorchNetwork Network(ImageSpec spec)
    {
        var size = new ImageSpec(spec.Width, spec.Height);
        if (!_networks.TryGetValue(size, out var network))
        {
            network = _networks[size] = new TorchNetwork(_graphs(size), _name, _weights);
            if (_trained.Count > 0)
            {
                _weights.FreezeBelow(_options.FrozenLayers);
            }
        }

        return network;
    }

    private static Tensor ToTensor(byte[] pixels, int count, int height, int width) =>
        tensor(pixels, [count, height, width, 3], ScalarType.Byte);
}
