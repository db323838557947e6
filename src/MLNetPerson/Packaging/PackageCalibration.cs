namespace MLNetPerson.Packaging;

/// <summary>probability = 1 / (1 + exp(−(slope · logit + offset))).</summary>
/// <param name="Method">"platt", "temperature" (offset 0) or "none" (slope 1, offset 0).</param>
/// <param name="Slope">Above 0.</param>
/// <param name="Offset">In logits.</param>
public sealed record PackageCalibration(string Method, double Slope, double Offset);
