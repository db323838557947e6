using System.Collections.Immutable;

namespace MLNetPerson.Training.Backbones;

/// <summary>One weight of a TensorFlow.js model.</summary>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Values">Row-major float32.</param>
internal sealed record TfjsTensor(ImmutableArray<int> Shape, float[] Values);
