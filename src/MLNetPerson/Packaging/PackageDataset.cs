namespace MLNetPerson.Packaging;

/// <summary>What a package was trained on.</summary>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Sha256">Hash over the pictures' bytes, labels and groups, in a fixed order.</param>
/// <param name="Samples">Pictures used.</param>
/// <param name="Persons">How many of them show a person.</param>
/// <param name="Skipped">Pictures that could not be used.</param>
public sealed record PackageDataset(string Name, string Sha256, int Samples, int Persons, int Skipped)
{
    /// <summary>Where the pictures come from and under which terms, for a reader; null where nobody said.</summary>
    public string? Terms { get; init; }
}
