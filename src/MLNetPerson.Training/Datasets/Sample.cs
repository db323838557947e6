using System.Collections.Immutable;

namespace MLNetPerson.Training.Datasets;

/// <summary>A picture, its label, and what it belongs to.</summary>
public sealed record Sample
{
    /// <summary>Below the dataset's root, with forward slashes: what reports call it.</summary>
    public required string File { get; init; }

    /// <summary>Full path; of a picture in a tar archive the archive's, with offset and length of its bytes:
    /// <c>/data/train-000.tar#1536+48211</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Whether there is a person in it.</summary>
    public required bool IsPerson { get; init; }

    /// <summary>The split it was put into, or null.</summary>
    public string? Split { get; init; }

    /// <summary>Pictures of one group (one scene, one burst, one photographer) never stand on both sides of a split. Null: a group of its
    /// own.</summary>
    public string? Group { get; init; }

    /// <summary>SHA-256 of the picture's bytes in lower-case hexadecimal, where the dataset says it; null where it has to be read to be
    /// known. What was computed of a picture is found by it without reading the picture.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The CSV's other columns.</summary>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
