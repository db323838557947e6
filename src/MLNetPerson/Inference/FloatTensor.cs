using System.Collections.Immutable;

namespace MLNetPerson.Inference;

/// <summary>A tensor that came out of a model: values in row-major order.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Values">Their product of values.</param>
public sealed record FloatTensor(string Name, ImmutableArray<long> Shape, float[] Values);
