namespace MLNetPerson.Training.Export;

/// <summary>How much of a tensor rounding left.</summary>
/// <param name="Tensor">Its name.</param>
/// <param name="Decibels">Signal-to-noise ratio.</param>
public sealed record NoiseReport(string Tensor, double Decibels);
