using System.Collections.Immutable;

namespace MLNetPerson.Training.Curation.Reviews;

/// <summary>A picture on a contact sheet.</summary>
/// <param name="Name">For the reader.</param>
/// <param name="Path">Of the picture's file.</param>
/// <param name="Why">Why it is shown.</param>
/// <param name="Cells">What goes into the CSV behind the decision.</param>
public sealed record SheetItem(string Name, string Path, string Why, ImmutableArray<string> Cells);
