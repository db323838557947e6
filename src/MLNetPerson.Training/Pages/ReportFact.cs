namespace MLNetPerson.Training.Pages;

/// <summary>A line of a report's provenance.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">For a reader.</param>
public sealed record ReportFact(string Name, string Value);
