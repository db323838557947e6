using System.Globalization;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Import;

namespace MLNetPerson.Training.Curation.Checks;

/// <summary>Boxes, and pictures whose persons all are, too small to learn from: below a share of what the model sees, or below a number of
/// pixels at the input's size.</summary>
internal static class SmallPersonCheck
{
    public static CheckResult Run(IReadOnlyList<CuratedPicture> pictures, CurationOptions options)
    {
        var findings = pictures
            .Select(picture => Found(picture, options))
            .OfType<Finding>()
            .OrderByDescending(finding => finding.Score)
            .ThenBy(finding => finding.File, StringComparer.Ordinal);
        return new CheckResult(
            "small persons",
            string.Create(
                CultureInfo.InvariantCulture,
                $"boxes below {options.SmallShare:0.#####} of what a model of {options.Input} sees, or below {options.SmallPixels} "
                    + $"pixels there"
            ),
            [.. findings]
        );
    }

    private static Finding? Found(CuratedPicture picture, CurationOptions options)
    {
        if (Boxes(picture.Sample) is not { Length: > 0 } boxes)
        {
            return null;
        }

        var (width, height) = (picture.Measures.Width, picture.Measures.Height);
        double Share(PersonBox box) => options.Input.Coverage(width, height, box.Left, box.Top, box.Width, box.Height);
        double[] shares = [.. boxes.Select(Share)];
        double all = options.Input.Width * (double)options.Input.Height;
        int[] small =
        [
            .. Enumerable.Range(0, boxes.Length).Where(i => shares[i] < options.SmallShare || shares[i] * all < options.SmallPixels),
        ];
        if (small.Length == 0)
        {
            return null;
        }

        var every = small.Length == boxes.Length;
        var least = small.MinBy(i => shares[i]);
        return picture.Found(
            every ? FindingKind.SmallPersons : FindingKind.SmallBoxes,
            every ? CurationAction.Remove : CurationAction.Review,
            Math.Clamp(small.Length / (double)boxes.Length * (1 - shares[least]), 0, 1),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{small.Length} of {boxes.Length} {(boxes.Length == 1 ? "box" : "boxes")} {(small.Length == 1 ? "is" : "are")} small: "
                    + $"{string.Join("; ", small.Take(4).Select(i => $"{boxes[i]} fills {shares[i] * all:0} pixels at {options.Input}"))}"
            )
        );
    }

    private static PersonBox[]? Boxes(Sample sample)
    {
        try
        {
            return PersonBox.ParseMany(sample.Attributes.GetValueOrDefault(CanonicalCsv.PersonBoxes, ""));
        }
        catch (FormatException)
        {
            return null; // a faulty cell is told by what reads the boxes
        }
    }
}
