using System.Globalization;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Curation.Checks;

/// <summary>
/// Attributes that tell the label by themselves: all persons photographed indoors, say. A model learns such a shortcut before it learns
/// persons.
/// Each attribute ranks the pictures of one half by the share of persons that its values have in the other half.
/// </summary>
internal static class ShortcutCheck
{
    /// <summary>So many pictures without a say are added to every value: a value seen twice proves nothing.</summary>
    private const double Prior = 5;

    private const int Folds = 5;
    private const int ValuesShown = 3;

    public static CheckResult Run(IReadOnlyList<CuratedPicture> pictures, CurationOptions options)
    {
        var labels = pictures.Select(picture => picture.Sample.IsPerson).ToArray();
        var folds = pictures.Select(picture => (int)(HashSplit.Position(picture.Sample, options.Seed) * Folds)).ToArray();
        var findings = AttributeValues
            .Of(pictures)
            .AsParallel()
            .AsOrdered()
            .Select(attribute => Judge(attribute.Name, attribute.Values, labels, folds, options))
            .OfType<Finding>();
        return new CheckResult(
            "shortcuts",
            "each attribute, and brightness, blur, size, shape and file ending, predicting the label alone",
            [.. findings.OrderByDescending(finding => finding.Score).ThenBy(finding => finding.Why, StringComparer.Ordinal)]
        );
    }

    private static Finding? Judge(string name, string[] values, bool[] labels, int[] folds, CurationOptions options)
    {
        var overall = labels.Count(label => label) / (double)Math.Max(labels.Length, 1);
        var scores = new double[labels.Length];
        for (var fold = 0; fold < Folds; fold++)
        {
            var shares = Enumerable
                .Range(0, labels.Length)
                .Where(i => folds[i] != fold)
                .GroupBy(i => values[i], StringComparer.Ordinal)
                .ToDictionary(
                    group => group.Key,
                    group => (group.Count(i => labels[i]) + (Prior * overall)) / (group.Count() + Prior),
                    StringComparer.Ordinal
                );
            for (var i = 0; i < labels.Length; i++)
            {
                if (folds[i] == fold)
                {
                    scores[i] = shares.GetValueOrDefault(values[i], overall);
                }
            }
        }

        var auc = RocAuc.Of(scores, labels);
        if (!(auc.Interval.Low >= options.ShortcutAuc))
        {
            return null;
        }

        var strongest = Enumerable
            .Range(0, labels.Length)
            .GroupBy(i => values[i], StringComparer.Ordinal)
            .Select(group => (Value: group.Key, Count: group.Count(), Share: group.Count(i => labels[i]) / (double)group.Count()))
            .OrderByDescending(value => Math.Abs(value.Share - overall) * value.Count)
            .Take(ValuesShown)
            .Select(value =>
                string.Create(CultureInfo.InvariantCulture, $"'{value.Value}': {value.Count} pictures, {value.Share:0%} persons")
            );
        return new Finding
        {
            Kind = FindingKind.Shortcut,
            Action = CurationAction.Review,
            Score = Math.Clamp((auc.Value - 0.5) * 2, 0, 1),
            Why = string.Create(
                CultureInfo.InvariantCulture,
                $"{name} alone tells persons with an area under the ROC curve of {auc} (of all, {overall:0%} are persons; "
                    + $"{string.Join("; ", strongest)})"
            ),
        };
    }
}
