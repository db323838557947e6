using System.Globalization;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Curation.Checks;

/// <summary>Labels that contradict what heads say that never saw the picture.</summary>
internal static class LabelNoiseCheck
{
    /// <param name="pictures">All.</param>
    /// <param name="probabilities">Of person, in the same order; see <see cref="OutOfFold"/>.</param>
    /// <param name="doubtful">Whether confident learning doubts each label.</param>
    public static CheckResult Run(IReadOnlyList<CuratedPicture> pictures, double[] probabilities, bool[] doubtful)
    {
        // A box is a witness: somebody drew it. What contradicts it goes into a list of its own, where it does not crowd out the others.
        var findings = Enumerable
            .Range(0, pictures.Count)
            .Where(i => Contradiction(i) > 0.5 || doubtful[i])
            .Select(i => Found(pictures[i], probabilities[i]))
            .OrderBy(finding => finding.Kind)
            .ThenByDescending(finding => finding.Score)
            .ThenBy(finding => finding.File, StringComparer.Ordinal);
        return new CheckResult(
            "label noise",
            "confident learning: out-of-fold probabilities, heads refitted without the labels that a first round contradicts most, ranked "
                + "by how sure they are of the other label",
            [.. findings]
        );

        double Contradiction(int i) => pictures[i].Sample.IsPerson ? 1 - probabilities[i] : probabilities[i];
    }

    private static Finding Found(CuratedPicture picture, double probability)
    {
        var boxed = picture.Sample.IsPerson && !string.IsNullOrEmpty(picture.Sample.Attributes.GetValueOrDefault(CanonicalCsv.PersonBoxes));
        return boxed
            ? picture.Found(
                FindingKind.UnseenPerson,
                CurationAction.Review,
                1 - probability,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"a box says person, a head that never saw the picture gives {probability:0.000}: the box is wrong, or little is to be "
                        + $"seen of who is in it"
                )
            )
            : picture.Found(
                FindingKind.LabelNoise,
                CurationAction.Relabel,
                picture.Sample.IsPerson ? 1 - probability : probability,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"labelled {(picture.Sample.IsPerson ? "person" : "none")}, a head that never saw the picture gives {probability:0.000}"
                        + $" for person"
                )
            ) with
            {
                From = picture.Label,
                To = picture.Sample.IsPerson ? "0" : "1",
            };
    }
}
