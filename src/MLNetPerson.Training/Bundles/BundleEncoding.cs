namespace MLNetPerson.Training.Bundles;

/// <summary>One model file of a bundle.</summary>
/// <param name="Name">"float32", "int8", …</param>
/// <param name="File">The ONNX file, below the bundle.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Tolerance">How far a right implementation may be from the expected probabilities.</param>
public sealed record BundleEncoding(string Name, string File, long Bytes, double Tolerance);
