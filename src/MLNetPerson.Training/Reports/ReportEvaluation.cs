using System.Collections.Immutable;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Reports;

/// <summary>An evaluation and the answers behind it.</summary>
/// <param name="Numbers">At the package's threshold.</param>
/// <param name="Probabilities">One for each sample.</param>
/// <param name="Labels">Whether each shows a person.</param>
/// <param name="Source">Which pictures these are, for a reader.</param>
public sealed record ReportEvaluation(
    EvaluationReport Numbers,
    ImmutableArray<double> Probabilities,
    ImmutableArray<bool> Labels,
    string Source
);
