namespace MLNetPerson.Training.Curation.Reviews;

/// <summary>A decision that a contact sheet offers.</summary>
/// <param name="Key">The key for it, one lower-case letter.</param>
/// <param name="Name">For the reader.</param>
/// <param name="Value">What goes into the CSV's first column; null where the picture is left out of it.</param>
/// <param name="Colour">Of the frame, as CSS has it.</param>
public sealed record SheetChoice(string Key, string Name, string? Value, string Colour);
