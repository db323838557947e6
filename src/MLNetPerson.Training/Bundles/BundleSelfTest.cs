using System.Collections.Immutable;

namespace MLNetPerson.Training.Bundles;

/// <summary>What a runtime checks itself with: pictures to tensors, and tensors to probabilities, each apart.</summary>
/// <param name="Decoding">Encoded pictures and the tensors that they must become.</param>
/// <param name="Inference">Tensors and the probabilities that they must get.</param>
public sealed record BundleSelfTest(ImmutableArray<DecodingTest> Decoding, ImmutableArray<InferenceTest> Inference);
