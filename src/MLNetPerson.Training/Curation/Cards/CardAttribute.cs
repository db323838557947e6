using System.Collections.Immutable;

namespace MLNetPerson.Training.Curation.Cards;

/// <summary>An attribute and its commonest values.</summary>
/// <param name="Name">The attribute.</param>
/// <param name="Values">Commonest first.</param>
/// <param name="Others">Values that are not listed.</param>
public sealed record CardAttribute(string Name, ImmutableArray<CardCount> Values, int Others);
