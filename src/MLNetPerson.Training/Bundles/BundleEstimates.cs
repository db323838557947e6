using System.Collections.Immutable;

namespace MLNetPerson.Training.Bundles;

/// <summary>How fast the models may be on boards: never measured by whoever made the bundle.</summary>
/// <param name="Method">How the numbers come about. It begins with the word ESTIMATE.</param>
/// <param name="Boards">By board and encoding.</param>
/// <param name="Sources">Where the rates were published.</param>
/// <param name="Measure">Commands that replace the estimate by a measurement, on the device: by Node, and by .NET where it is
/// there.</param>
public sealed record BundleEstimates(
    string Method,
    ImmutableArray<FrameRateEstimate> Boards,
    ImmutableArray<string> Sources,
    ImmutableArray<string> Measure
);
