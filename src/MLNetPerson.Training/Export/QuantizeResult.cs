using System.Collections.Immutable;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Export;

/// <summary>What became of the encodings that were asked for.</summary>
/// <param name="Package">Full path.</param>
/// <param name="Written">Those that are in the package now, in the order asked.</param>
/// <param name="Refused">Those that the gate kept out, with the reason.</param>
/// <param name="UpToDate">Those among the written that were there already, made from the same model, pictures and options.</param>
/// <param name="Skipped">Pictures that could not be used.</param>
public sealed record QuantizeResult(
    string Package,
    ImmutableArray<EncodingReport> Written,
    ImmutableArray<RefusedEncoding> Refused,
    ImmutableArray<string> UpToDate,
    ImmutableArray<SkippedSample> Skipped
);
