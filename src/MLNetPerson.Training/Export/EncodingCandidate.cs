using System.Collections.Immutable;
using MLNetPerson.Training.Quantization;

namespace MLNetPerson.Training.Export;

/// <summary>A model file that may become an encoding.</summary>
/// <param name="Model">Its bytes.</param>
/// <param name="Steps">What was done for its accuracy.</param>
/// <param name="LeftInFloat">Nodes that did not become integers, with the reason.</param>
/// <param name="Noise">Measures its tensors on pictures, the worst first.</param>
internal sealed record EncodingCandidate(
    byte[] Model,
    ImmutableArray<string> Steps,
    ImmutableArray<string> LeftInFloat,
    Func<IEnumerable<byte[]>, ImmutableArray<TensorNoise>> Noise
);
