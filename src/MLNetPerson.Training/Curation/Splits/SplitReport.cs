using System.Collections.Immutable;

namespace MLNetPerson.Training.Curation.Splits;

/// <summary>How a dataset was divided.</summary>
/// <param name="Seed">That was used.</param>
/// <param name="Strata">How each label, and each value of each attribute asked for, was spread.</param>
/// <param name="Kept">Pictures that kept the split they had.</param>
/// <param name="Torn">Pictures that belong with pictures of two splits, and so went into neither.</param>
/// <param name="WorstDeviation">Over all strata: the largest |share − wanted share| of a split, in standard errors of a fair draw.</param>
public sealed record SplitReport(
    int Seed,
    ImmutableArray<StratumSpread> Strata,
    int Kept,
    ImmutableArray<string> Torn,
    double WorstDeviation
);
