using System.Collections.Immutable;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Retraining;

/// <summary>What a retrain did.</summary>
/// <param name="Package">Full path of the package.</param>
/// <param name="Evaluation">How well it does.</param>
/// <param name="EvaluationSource">"held-out" or "cross-validated".</param>
/// <param name="Head">How the head came about.</param>
/// <param name="Export">What was written.</param>
/// <param name="Samples">Pictures trained on.</param>
/// <param name="FromCache">Pictures, trained on or held out, whose features were there already.</param>
/// <param name="Skipped">Pictures that could not be used.</param>
/// <param name="Encodings">What became of the encodings asked for; null where none were.</param>
/// <param name="Balance">What reweighing cost, where the recipe asks for it.</param>
public sealed record RetrainResult(
    string Package,
    EvaluationReport Evaluation,
    string EvaluationSource,
    HeadReport Head,
    ExportReport Export,
    int Samples,
    int FromCache,
    ImmutableArray<SkippedSample> Skipped,
    QuantizeResult? Encodings,
    BalanceReport? Balance = null
)
{
    /// <summary>The pictures behind <see cref="Evaluation"/>.</summary>
    public required JudgedSet Judged { get; init; }

    /// <summary>What was noticed of the pictures by the way.</summary>
    public required ImmutableArray<Finding> Findings { get; init; }
}
