using System.Collections.Immutable;
using MLNetPerson.Training.Onnx;

namespace MLNetPerson.Training.Quantization;

/// <summary>An integer graph that may or may not be good enough.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Report">What became integers.</param>
/// <param name="Steps">What was done for its accuracy, in order.</param>
/// <param name="LogitError">Root mean square difference from float on calibration pictures, in units of the logit.</param>
/// <param name="Prepared">The float graph that it was made from, whose tensors have the same names.</param>
internal sealed record Int8Candidate(
    OnnxGraph Graph,
    QuantizationReport Report,
    ImmutableArray<string> Steps,
    double LogitError,
    OnnxGraph Prepared
);
