namespace MLNetPerson.Training.Bundles;

/// <summary>A picture and the tensor that it must become.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Picture">The encoded file, below the bundle.</param>
/// <param name="Tests">What goes wrong where this fails.</param>
/// <param name="Tensor">The expected bytes, below the bundle: [height, width, 3].</param>
/// <param name="MeanDifference">How far the bytes may be from those expected, on average over all of them.</param>
public sealed record DecodingTest(string Name, string Picture, string Tests, string Tensor, double MeanDifference);
