namespace MLNetPerson.Training.Bundles;

/// <summary>A tensor and the probabilities that it must get.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Picture">The same as a PNG of exactly the input's size, below the bundle.</param>
/// <param name="Tensor">The input's bytes, below the bundle: [height, width, 3].</param>
/// <param name="Expected">By encoding.</param>
public sealed record InferenceTest(string Name, string Picture, string Tensor, IReadOnlyDictionary<string, ExpectedAnswer> Expected);
