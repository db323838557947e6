using System.Collections.Immutable;

namespace MLNetPerson.Training.Curation.Cards;

/// <summary>What one must know of a dataset before one trusts a model trained on it.</summary>
public sealed record DatasetCard
{
    /// <summary>What its owner calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Over pictures, labels and groups: the same hash as in the manifest of a package trained on all of it.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Pictures that can be read.</summary>
    public required int Pictures { get; init; }

    /// <summary>Of those, with a person.</summary>
    public required int Persons { get; init; }

    /// <summary>Pictures that cannot be read.</summary>
    public required int Unreadable { get; init; }

    /// <summary>Groups and pictures without one: what is independent of each other.</summary>
    public required int Groups { get; init; }

    /// <summary>How labels came about.</summary>
    public required string LabelRule { get; init; }

    /// <summary>By split.</summary>
    public required ImmutableArray<CardCount> Splits { get; init; }

    /// <summary>By source.</summary>
    public required ImmutableArray<CardCount> Sources { get; init; }

    /// <summary>By licence.</summary>
    public required ImmutableArray<CardCount> Licences { get; init; }

    /// <summary>Persons by the share of the picture that the largest one fills.</summary>
    public required ImmutableArray<CardCount> PersonSizes { get; init; }

    /// <summary>By mean grey.</summary>
    public required ImmutableArray<CardCount> Brightness { get; init; }

    /// <summary>Other attributes.</summary>
    public required ImmutableArray<CardAttribute> Attributes { get; init; }

    /// <summary>What is missing or rare, for a reader.</summary>
    public required ImmutableArray<string> KnownGaps { get; init; }
}
