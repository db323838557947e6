using System.Collections.Immutable;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Pages;

/// <summary>What a report says of a detector.</summary>
/// <param name="Numbers">All metrics.</param>
/// <param name="Source">Which pictures were judged, by which encoding.</param>
/// <param name="FalseBoxes">Pictures with the surest boxes on nobody.</param>
/// <param name="FalseBoxesInAll">Such boxes at the package's threshold.</param>
/// <param name="Missed">Pictures with the largest persons that no box has.</param>
/// <param name="MissedInAll">Such persons at the package's threshold.</param>
/// <param name="Threshold">The package's, 0 to 1.</param>
public sealed record ReportDetection(
    DetectionReport Numbers,
    string Source,
    ImmutableArray<ReportPicture> FalseBoxes,
    int FalseBoxesInAll,
    ImmutableArray<ReportPicture> Missed,
    int MissedInAll,
    double Threshold
);
