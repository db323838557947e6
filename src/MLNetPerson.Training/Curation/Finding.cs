using System.Collections.Immutable;

namespace MLNetPerson.Training.Curation;

/// <summary>One thing that a check found, and what to do about it.</summary>
public sealed record Finding
{
    /// <summary>What it is.</summary>
    public required FindingKind Kind { get; init; }

    /// <summary>The picture as the dataset calls it; empty where the finding is about the dataset.</summary>
    public string File { get; init; } = "";

    /// <summary>Hash of the picture's file, where it could be read.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>What is suggested.</summary>
    public required CurationAction Action { get; init; }

    /// <summary>What the action would change, as it is: a label 1 or 0, or a group.</summary>
    public string From { get; init; } = "";

    /// <summary>What it would become.</summary>
    public string To { get; init; } = "";

    /// <summary>How strong it is among findings of its kind, 0 to 1.</summary>
    public required double Score { get; init; }

    /// <summary>For a reader.</summary>
    public required string Why { get; init; }

    /// <summary>Other pictures that it is about.</summary>
    public ImmutableArray<string> Related { get; init; } = [];
}
