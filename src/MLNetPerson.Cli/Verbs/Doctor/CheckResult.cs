namespace MLNetPerson.Cli.Verbs.Doctor;

/// <summary>One line of the doctor's.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Health">How it is.</param>
/// <param name="Found">What is there, or why it could not be told.</param>
/// <param name="Advice">How to get what is missing; null where nothing is.</param>
internal sealed record CheckResult(string Name, Health Health, string Found, string? Advice);
