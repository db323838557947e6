namespace MLNetPerson.Training.Export;

/// <summary>What an encoding was calibrated on.</summary>
/// <param name="Pictures">How many.</param>
/// <param name="Persons">How many of them show a person.</param>
/// <param name="Sha256">Over the pixels that the model saw, in order.</param>
/// <param name="Range">How ranges were found.</param>
/// <param name="Seed">Of the choice.</param>
public sealed record CalibrationReport(int Pictures, int Persons, string Sha256, string Range, int Seed);
