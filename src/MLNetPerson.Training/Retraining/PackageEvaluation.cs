using System.Collections.Immutable;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Retraining;

/// <summary>How a package did on a dataset.</summary>
/// <param name="Report">All metrics, at the package's own threshold.</param>
/// <param name="Samples">Those that were judged, in the dataset's order.</param>
/// <param name="Probabilities">Of each.</param>
/// <param name="Skipped">Pictures that could not be judged.</param>
/// <param name="ImagesPerSecond">From file to probability, on all cores.</param>
public sealed record PackageEvaluation(
    EvaluationReport Report,
    ImmutableArray<Sample> Samples,
    ImmutableArray<double> Probabilities,
    ImmutableArray<SkippedSample> Skipped,
    double ImagesPerSecond
);
