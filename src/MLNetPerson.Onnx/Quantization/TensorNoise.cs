namespace MLNetPerson.Onnx.Quantization;

/// <summary>How much of a tensor rounding left.</summary>
/// <param name="Name">The tensor.</param>
/// <param name="Decibels">10 · log₁₀ of signal power over noise power; ∞ where nothing was lost.</param>
public sealed record TensorNoise(string Name, double Decibels);
