using System.Collections.Immutable;

namespace MLNetPerson.Packaging;

/// <summary>A picture with its known answers.</summary>
/// <param name="File">A PNG of exactly the input's size below the package's folder: no resizing, hence no doubt about pixels.</param>
/// <param name="Probabilities">By encoding, what this project's own run gave; of a detector the highest probability of a box.</param>
public sealed record PackageGolden(string File, IReadOnlyDictionary<string, double> Probabilities)
{
    /// <summary>By encoding, the boxes that a detector gave; null in a classifier's package.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<PackageGoldenBox>>? Boxes { get; init; }
}

/// <summary>A box on a golden picture.</summary>
/// <param name="Probability">0 to 1.</param>
/// <param name="Left">Share of the input's width, 0 to 1.</param>
/// <param name="Top">Share of the input's height, 0 to 1.</param>
/// <param name="Right">Share of the input's width, 0 to 1.</param>
/// <param name="Bottom">Share of the input's height, 0 to 1.</param>
public sealed record PackageGoldenBox(double Probability, double Left, double Top, double Right, double Bottom);
