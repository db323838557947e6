namespace MLNetPerson.Training.Backbones;

/// <summary>A tensor inside a backbone that features can be taken from.</summary>
public sealed record TapCard
{
    /// <summary>What recipes call it.</summary>
    public required string Name { get; init; }

    /// <summary>What the original model calls it.</summary>
    public required string Tensor { get; init; }

    /// <summary>Channels that remain after <see cref="Select"/>.</summary>
    public required int Channels { get; init; }

    /// <summary>Pixels of the picture per step of the tensor; 0 for a tensor without height and width.</summary>
    public required int Stride { get; init; }

    /// <summary>Which channels to keep, or null for all of them.</summary>
    public ChannelSelection? Select { get; init; }
}
