using System.Collections.Immutable;
using System.Runtime.InteropServices;
using TorchSharp;

namespace MLNetPerson.Tuning.Networks;

/// <summary>A float constant of a graph, as a tensor that can be trained.</summary>
public sealed class NetworkTensor : IDisposable
{
    internal NetworkTensor(string name, ImmutableArray<long> shape, float[] values, int depth, bool isBuffer)
    {
        (Name, Shape, Depth, IsBuffer) = (name, shape, depth, isBuffer);
        Tensor = torch.tensor(values, shape.AsSpan()).DetachFromDisposeScope();
    }

    /// <summary>The initializer's name in the graph.</summary>
    public string Name { get; }

    /// <summary>Its dimensions.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>The weighted layer that it belongs to, counted from the input, from 0.</summary>
    public int Depth { get; }

    /// <summary>Whether it is a statistic (mean or variance of a batch normalisation), which no gradient changes.</summary>
    public bool IsBuffer { get; }

    /// <summary>Its values, row-major: the tensor's own memory, so that what is written here is what the network computes with.</summary>
    /// <remarks>Only between two steps: a backward pass under way would see the change.</remarks>
    public Span<float> Values => MemoryMarshal.Cast<byte, float>(Tensor.bytes);

    /// <summary>Copies the gradient of the last backward pass, row-major.</summary>
    /// <param name="destination">As long as <see cref="Values"/>.</param>
    /// <returns>False where there is none; the destination is then unchanged.</returns>
    public bool CopyGradient(Span<float> destination)
    {
        using var gradient = Tensor.grad;
        if (gradient is null)
        {
            return false;
        }

        using var rows = gradient.contiguous(); // a convolution's gradient may come in another order
        MemoryMarshal.Cast<byte, float>(rows.bytes).CopyTo(destination);
        return true;
    }

    /// <summary>Forgets the gradient.</summary>
    public void ClearGradient()
    {
        using var gradient = Tensor.grad;
        gradient?.zero_();
    }

    /// <summary>Whether gradients are computed for it.</summary>
    public bool Trains
    {
        get => Tensor.requires_grad;
        set => Tensor.requires_grad = value && !IsBuffer;
    }

    internal torch.Tensor Tensor { get; }

    /// <inheritdoc/>
    public void Dispose() => Tensor.Dispose();
}
