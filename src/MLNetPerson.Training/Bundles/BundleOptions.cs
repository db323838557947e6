using System.Collections.Immutable;

namespace MLNetPerson.Training.Bundles;

/// <summary>What a bundle is to hold.</summary>
public sealed record BundleOptions
{
    /// <summary>The folder to write. A bundle that is there is replaced.</summary>
    public required string Out { get; init; }

    /// <summary>Name of the <see cref="BundleTarget"/>.</summary>
    public required string Target { get; init; }

    /// <summary>Encodings to hand over; empty for all of the package.</summary>
    public ImmutableArray<string> Encodings { get; init; } = [];
}
