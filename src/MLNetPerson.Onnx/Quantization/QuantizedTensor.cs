namespace MLNetPerson.Onnx.Quantization;

/// <summary>An activation that became integers.</summary>
/// <param name="Name">The tensor.</param>
/// <param name="Scale">What one step is worth.</param>
/// <param name="ZeroPoint">The integer that stands for 0.</param>
public sealed record QuantizedTensor(string Name, float Scale, int ZeroPoint);
