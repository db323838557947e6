using System.Collections.Immutable;
using System.Globalization;

namespace MLNetPerson.Training.Datasets.Import;

/// <summary>What an import did.</summary>
/// <param name="Csv">Full path of the canonical CSV.</param>
/// <param name="Rule">From boxes to labels.</param>
/// <param name="Seed">Of the quotas.</param>
/// <param name="Sources">What became of each source.</param>
/// <param name="Copied">Pictures copied into the folder.</param>
public sealed record ImportReport(string Csv, LabelRule Rule, int Seed, ImmutableArray<ImportedSource> Sources, int Copied)
{
    /// <summary>For example "3 sources: 1200 pictures, 640 of them with a person; 31 left out".</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Sources.Length} {(Sources.Length == 1 ? "source" : "sources")}: {Sources.Sum(source => source.Persons + source.None)} "
                + $"pictures, {Sources.Sum(source => source.Persons)} of them with a person; "
                + $"{Sources.Sum(source => source.LeftOut.Values.Sum())} left out"
        );
}
