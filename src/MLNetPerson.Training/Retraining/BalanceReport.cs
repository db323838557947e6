using System.Collections.Immutable;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Retraining;

/// <summary>What reweighing by an attribute cost, and what it brought: the same pictures, judged by a head with it and one
/// without.</summary>
/// <param name="Attribute">Whose values count alike.</param>
/// <param name="Capped">Values so rare that their weight was capped.</param>
/// <param name="Without">All pictures, without reweighing.</param>
/// <param name="With">All pictures, with it.</param>
/// <param name="SlicesWithout">The attribute's values, without.</param>
/// <param name="SlicesWith">The attribute's values, with.</param>
public sealed record BalanceReport(
    string Attribute,
    ImmutableArray<string> Capped,
    EvaluationReport Without,
    EvaluationReport With,
    ImmutableArray<SliceResult> SlicesWithout,
    ImmutableArray<SliceResult> SlicesWith
);
