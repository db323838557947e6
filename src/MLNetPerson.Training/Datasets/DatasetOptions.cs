namespace MLNetPerson.Training.Datasets;

/// <summary>Where a CSV's files may lie.</summary>
public sealed record DatasetOptions
{
    /// <summary>The folder that the CSV's relative paths start from; null for the CSV's own folder.</summary>
    public string? Root { get; init; }

    /// <summary>The CSV may name files anywhere: by absolute paths, and by relative ones that lead out of the folder.</summary>
    public bool AnyPath { get; init; }
}
