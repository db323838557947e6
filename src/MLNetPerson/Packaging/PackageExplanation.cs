namespace MLNetPerson.Packaging;

/// <summary>
/// What tells where in a picture the answer comes from: a fragment of an ONNX file. The float32 file's bytes followed by the fragment's are
/// one ONNX file that gives more: protobuf joins what is given twice.
/// </summary>
/// <param name="File">The fragment, below the package's folder.</param>
/// <param name="Map">The output with what every place adds to the logit: float [N, height, width].</param>
/// <param name="Logit">The output with the logit: float [N, 1].</param>
/// <param name="Bias">The output with what no place adds: float [1].</param>
/// <param name="Width">Places from left to right.</param>
/// <param name="Height">Places from top to bottom.</param>
public sealed record PackageExplanation(string File, string Map, string Logit, string Bias, int Width, int Height);
