namespace MLNetPerson.Training.Curation.Cards;

/// <summary>How many pictures have a value.</summary>
/// <param name="Value">The value.</param>
/// <param name="Pictures">With it.</param>
/// <param name="Persons">Of those, with a person.</param>
public sealed record CardCount(string Value, int Pictures, int Persons);
