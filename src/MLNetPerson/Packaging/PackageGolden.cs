namespace MLNetPerson.Packaging;

/// <summary>A picture with its known answers.</summary>
/// <param name="File">A PNG of exactly the input's size below the package's folder: no resizing, hence no doubt about pixels.</param>
/// <param name="Probabilities">By encoding, what this project's own run gave.</param>
public sealed record PackageGolden(string File, IReadOnlyDictionary<string, double> Probabilities);
