using System.Collections.Immutable;

namespace MLNetPerson.Training.Import;

/// <summary>What became of one source.</summary>
/// <param name="Name">The source's.</param>
/// <param name="Format">How it described its pictures.</param>
/// <param name="Described">Pictures that it described.</param>
/// <param name="Persons">Pictures taken, with a person.</param>
/// <param name="None">Pictures taken, without one.</param>
/// <param name="LeftOut">Pictures not taken, by kind of reason.</param>
/// <param name="Licence">That was given for it, or null.</param>
/// <param name="Quota">That was given for it, or null.</param>
public sealed record ImportedSource(
    string Name,
    SourceFormat Format,
    int Described,
    int Persons,
    int None,
    ImmutableSortedDictionary<string, int> LeftOut,
    string? Licence,
    string? Quota
)
{
    /// <summary>Sentences about what was passed over or interpreted: pictures without annotations, annotations without pictures, entries
    /// of folders that were not read.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
