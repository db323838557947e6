using System.Globalization;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Curation.Checks;

/// <summary>How many pictures of each class there are: in all, in each split, from each source.</summary>
internal static class BalanceCheck
{
    public static CheckResult Run(IReadOnlyList<CuratedPicture> pictures, CurationOptions options)
    {
        List<(string What, IEnumerable<CuratedPicture> Part)> parts = [("the dataset", pictures)];
        parts.AddRange(Parts("split", picture => picture.Sample.Split));
        parts.AddRange(Parts("source", picture => picture.Sample.Attributes.GetValueOrDefault(CanonicalCsv.Source)));
        var findings = parts
            .Select(part =>
            {
                var (persons, all) = (part.Part.Count(picture => picture.Sample.IsPerson), part.Part.Count());
                var share = Math.Min(persons, all - persons) / (double)Math.Max(all, 1);
                return share >= options.Imbalance
                    ? null
                    : new Finding
                    {
                        Kind = FindingKind.Imbalance,
                        Action = CurationAction.Review,
                        Score = 1 - (2 * share),
                        Why = string.Create(
                            CultureInfo.InvariantCulture,
                            $"{part.What} has {persons} pictures with a person and {all - persons} without: the rarer class makes up "
                                + $"{share:0.0%}"
                        ),
                    };
            })
            .OfType<Finding>();
        return new CheckResult(
            "balance",
            "pictures of each class in all, by split and by source",
            [.. findings.OrderByDescending(finding => finding.Score)]
        );

        IEnumerable<(string, IEnumerable<CuratedPicture>)> Parts(string name, Func<CuratedPicture, string?> value)
        {
            var groups = pictures.Where(picture => !string.IsNullOrEmpty(value(picture))).GroupBy(value, StringComparer.Ordinal).ToList();
            return groups.Count < 2
                ? []
                : groups
                    .OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => ($"{name} '{group.Key}'", (IEnumerable<CuratedPicture>)group));
        }
    }
}
