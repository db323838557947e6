using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Import;

namespace MLNetPerson.Training.Detection;

/// <summary>A picture whose persons' boxes are all known.</summary>
/// <param name="Sample">The picture.</param>
/// <param name="Width">Pixels that the boxes count in.</param>
/// <param name="Height">Pixels that the boxes count in.</param>
/// <param name="Truth">Persons, and what is ignored; empty where nobody is in the picture.</param>
public sealed record BoxedPicture(Sample Sample, int Width, int Height, ImmutableArray<TruthBox> Truth);

/// <summary>The pictures of a dataset whose persons' boxes are all known.</summary>
/// <param name="Name">The dataset's.</param>
/// <param name="Pictures">In the dataset's order.</param>
/// <param name="LeftOut">Pictures that show a person by their label but have no box: nobody knows where, so nothing can be judged by
/// them.</param>
public sealed record BoxedDataset(string Name, ImmutableArray<BoxedPicture> Pictures, ImmutableArray<Sample> LeftOut)
{
    private const double SameBox = 0.51; // pixels: one list may be rounded

    /// <summary>Persons that are to be found.</summary>
    public int Persons => Pictures.Sum(picture => picture.Truth.Count(box => box.Role == BoxRole.Person));

    /// <summary>Reads a dataset's boxes.</summary>
    /// <param name="dataset">With the columns <c>person_boxes</c> ("x y w h;…" in pixels), <c>width</c> and <c>height</c>.</param>
    /// <param name="clip">Whether boxes that stand over their picture are cut off at its edges rather than refused.</param>
    /// <exception cref="DatasetException">It has no boxes, or some have faults: not numbers, without area, outside of their picture. All
    /// are in the message.</exception>
    public static BoxedDataset Of(Dataset dataset, bool clip = false)
    {
        string[] columns = [CanonicalCsv.PersonBoxes, CanonicalCsv.Width, CanonicalCsv.Height];
        string[] missing = [.. columns.Where(column => !dataset.Samples.Any(sample => sample.Attributes.ContainsKey(column)))];
        if (missing.Length > 0)
        {
            throw new DatasetException(
                $"Dataset '{dataset.Name}' has no boxes: it has no column {string.Join(" and no column ", missing)}. Boxes stand in a "
                    + "CSV as "
                    + "person_boxes, 'x y w h;x y w h' in pixels of a picture of width and height; 'curate import' writes them from "
                    + "COCO, VOC "
                    + "and others."
            );
        }

        List<string> faults = [];
        var pictures = ImmutableArray.CreateBuilder<BoxedPicture>();
        var leftOut = ImmutableArray.CreateBuilder<Sample>();
        foreach (var sample in dataset.Samples)
        {
            switch (Read(sample, clip, out var picture))
            {
                case { } fault:
                    faults.Add($"'{sample.File}': {fault}");
                    break;
                case null when picture is null:
                    leftOut.Add(sample);
                    break;
                default:
                    pictures.Add(picture);
                    break;
            }
        }

        if (faults.Count > 0)
        {
            throw new DatasetException(
                FaultList.Text(
                    $"Dataset '{dataset.Name}' has {faults.Count} {(faults.Count == 1 ? "picture" : "pictures")} with faulty boxes",
                    faults,
                    clip ? "" : "Correct them, or cut boxes off at the edges with --clip."
                )
            );
        }

        return pictures.Any(picture => picture.Truth.Any(box => box.Role == BoxRole.Person))
            ? new BoxedDataset(dataset.Name, pictures.ToImmutable(), leftOut.ToImmutable())
            : throw new DatasetException(
                $"Dataset '{dataset.Name}' has no boxes: none of its {dataset.Samples.Length} pictures has a box in the column "
                    + $"{CanonicalCsv.PersonBoxes}. Annotate persons, or name a dataset that has boxes."
            );
    }

    private static string? Fault(PersonBox box, int width, int height, bool clip) =>
        (clip && double.IsFinite(box.Left + box.Top + box.Width + box.Height) ? box.Clip(width, height) : box).Fault(width, height);

    /// <summary>Fault, or null; then the picture, or null where nobody knows where its person is.</summary>
    private static string? Read(Sample sample, bool clip, out BoxedPicture? picture)
    {
        picture = null;
        string Cell(string column) => sample.Attributes.GetValueOrDefault(column, "");
        if (
            !int.TryParse(Cell(CanonicalCsv.Width), NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            || !int.TryParse(Cell(CanonicalCsv.Height), NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            || width < 1
            || height < 1
        )
        {
            return $"width '{Cell(CanonicalCsv.Width)}' and height '{Cell(CanonicalCsv.Height)}' are not a picture's size";
        }

        try
        {
            var (persons, crowds, difficult) = (
                PersonBox.ParseMany(Cell(CanonicalCsv.PersonBoxes)),
                PersonBox.ParseMany(Cell(CanonicalCsv.CrowdBoxes)),
                PersonBox.ParseMany(Cell(CanonicalCsv.DifficultBoxes))
            );
            if (
                persons.Concat(crowds).Concat(difficult).Select(box => Fault(box, width, height, clip)).OfType<string>().FirstOrDefault() is
                { } fault
            )
            {
                return fault;
            }

            if (sample.IsPerson && persons.Length + crowds.Length + difficult.Length == 0)
            {
                return null;
            }

            bool Is(PersonBox box, PersonBox[] others) =>
                others.Any(other =>
                    Math.Abs(other.Left - box.Left) <= SameBox
                    && Math.Abs(other.Top - box.Top) <= SameBox
                    && Math.Abs(other.Width - box.Width) <= SameBox
                    && Math.Abs(other.Height - box.Height) <= SameBox
                );
            TruthBox Truth(PersonBox box, BoxRole role)
            {
                var inside = box.Clip(width, height);
                return new TruthBox(inside.Left, inside.Top, inside.Width, inside.Height, role);
            }

            picture = new BoxedPicture(
                sample,
                width,
                height,
                [
                    .. persons
                        .Where(box => !Is(box, crowds) && !Is(box, difficult))
                        .Select(box => Truth(box, BoxRole.Person))
                        .Concat(difficult.Select(box => Truth(box, BoxRole.Difficult)))
                        .Concat(crowds.Select(box => Truth(box, BoxRole.Crowd)))
                        .Where(box => box.Area > 0),
                ]
            );
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }
}
