using System.Collections.Immutable;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Pages;

/// <summary>What a report says. Parts that are missing are left out of the page.</summary>
public sealed record Report
{
    /// <summary>The page's heading.</summary>
    public required string Title { get; init; }

    /// <summary>The result in one or two sentences.</summary>
    public required string Lead { get; init; }

    /// <summary>The numbers of the evaluation, and the answers that they come from.</summary>
    public ReportEvaluation? Evaluation { get; init; }

    /// <summary>A detector's numbers and worst mistakes; null for a classifier.</summary>
    public ReportDetection? Detection { get; init; }

    /// <summary>How the weights below the head were learned; null where they were not.</summary>
    public ReportTuning? Tuning { get; init; }

    /// <summary>Encodings beside the float model.</summary>
    public ImmutableArray<EncodingReport> Encodings { get; init; } = [];

    /// <summary>Encodings that lost too much.</summary>
    public ImmutableArray<RefusedEncoding> Refused { get; init; } = [];

    /// <summary>How the model does by attribute.</summary>
    public ImmutableArray<SliceResult> Slices { get; init; } = [];

    /// <summary>The worst wrong answers, and how many there are in all.</summary>
    public ReportMistakes? Mistakes { get; init; }

    /// <summary>What there is to doubt about the pictures.</summary>
    public ReportFindings? Findings { get; init; }

    /// <summary>Where all this comes from: names and values.</summary>
    public required ImmutableArray<ReportFact> Provenance { get; init; }

    /// <summary>The recipe as it was run, as JSON; null where there is none.</summary>
    public string? Recipe { get; init; }
}
