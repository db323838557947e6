namespace MLNetPerson.Onnx.Quantization;

/// <summary>The values that a tensor takes.</summary>
/// <param name="Min">Smallest.</param>
/// <param name="Max">Largest.</param>
internal readonly record struct TensorRange(double Min, double Max);
