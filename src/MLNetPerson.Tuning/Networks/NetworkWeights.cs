using System.Collections.Immutable;

namespace MLNetPerson.Tuning.Networks;

/// <summary>
/// The weights of one network by name. Graphs of the same network for several input sizes share them, and a step at one size trains all.
/// </summary>
public sealed class NetworkWeights : IDisposable
{
    private readonly Dictionary<string, NetworkTensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>All tensors, buffers too, in the order of the graph.</summary>
    public ImmutableArray<NetworkTensor> All { get; private set; } = [];

    /// <summary>Number of weighted layers.</summary>
    public int Layers => All.IsEmpty ? 0 : All.Max(tensor => tensor.Depth) + 1;

    /// <summary>Lets only layers from <paramref name="depth"/> on train.</summary>
    /// <param name="depth">Range [0, <see cref="Layers"/>]; 0 trains everything.</param>
    public void FreezeBelow(int depth)
    {
        foreach (var tensor in All)
        {
            tensor.Trains = tensor.Depth >= depth;
        }
    }

    /// <summary>The tensor of that name, or null.</summary>
    public NetworkTensor? Find(string name) => _tensors.GetValueOrDefault(name);

    internal NetworkTensor Add(string name, ReadOnlySpan<long> shape, Func<float[]> values, int depth, bool isBuffer)
    {
        if (_tensors.TryGetValue(name, out var known))
        {
            return known.Shape.AsSpan().SequenceEqual(shape)
                ? known
                : throw new TuningException(
                    $"Constant '{name}' is [{string.Join(", ", known.Shape)}] at one input size and [{string.Join(", ", shape.ToArray())}] "
                        + $"at another, so the sizes cannot share weights. Tune at one size."
                );
        }

        var tensor = new NetworkTensor(name, [.. shape], values(), depth, isBuffer);
        _tensors[name] = tensor;
        All = All.Add(tensor);
        return tensor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in All)
        {
            tensor.Dispose();
        }
    }
}
