namespace MLNetPerson.Cli.Verbs.Doctor;

/// <summary>What a look came to.</summary>
/// <param name="Health">How it is.</param>
/// <param name="Found">For a reader.</param>
/// <param name="Advice">Instead of the check's own advice; that one stands where this is null and something is missing.</param>
internal sealed record Finding(Health Health, string Found, string? Advice = null)
{
    public static Finding Good(string found) => new(Health.Good, found);
}
