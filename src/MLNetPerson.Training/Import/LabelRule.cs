using System.Globalization;
using MLNetPerson.Images;

namespace MLNetPerson.Training.Import;

/// <summary>
/// From boxes to a label, as in Visual Wake Words: person where a person fills enough of what the model sees, after its own
/// squashing, padding or cropping.
/// </summary>
/// <remarks>A. Chowdhery et al., Visual Wake Words Dataset (2019): 0.5 % of the picture.</remarks>
public sealed record LabelRule
{
    /// <summary>COCO's bound between small and medium objects, in pixels of area.</summary>
    public const int SmallPixels = 32 * 32;

    /// <summary>COCO's bound between medium and large objects, in pixels of area.</summary>
    public const int MediumPixels = 96 * 96;

    /// <summary>From this share on the largest person makes a picture "person". Range (0, 1].</summary>
    public double MinPersonArea { get; init; } = 0.005;

    /// <summary>
    /// Below this share the largest person does not count, from here to <see cref="MinPersonArea"/> the picture is left out. Range [0,
    /// <see cref="MinPersonArea"/>]; equal to it, nothing is left out, which is what Visual Wake Words does. The default is 7 × 7
    /// pixels of 224 × 224: nothing that a model could be asked to see.
    /// </summary>
    public double IgnoreBelow { get; init; } = 0.001;

    /// <summary>
    /// Pictures whose largest person has fewer pixels than this in the original are left out: <see cref="SmallPixels"/> for COCO's small
    /// objects, <see cref="MediumPixels"/> for its small and medium ones. Range [0, ∞); 0 leaves none out.
    /// </summary>
    public int MinPersonPixels { get; init; }

    /// <summary>What the model sees.</summary>
    public ImageSpec Input { get; init; } = new(224, 224);

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (MinPersonArea is not (> 0 and <= 1))
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"the smallest person's area is {MinPersonArea}, outside 0 to 1"));
        }

        if (!(IgnoreBelow >= 0 && IgnoreBelow <= MinPersonArea))
        {
            faults.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'ignore below' is {IgnoreBelow}, outside 0 to the smallest person's area of {MinPersonArea}"
                )
            );
        }

        if (MinPersonPixels < 0)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"the fewest pixels of a person are {MinPersonPixels}, below 0"));
        }

        if (Input.Fault() is { } input)
        {
            faults.Add(input);
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }

    /// <summary>The share of the model's input that the largest person fills. Range [0, 1].</summary>
    public double LargestArea(int width, int height, IEnumerable<PersonBox> persons) =>
        persons.Select(box => Input.Coverage(width, height, box.Left, box.Top, box.Width, box.Height)).DefaultIfEmpty(0).Max();

    /// <summary>Judges a picture.</summary>
    /// <returns>The label, or the reason why it is left out, and the largest person's share where boxes are known.</returns>
    public (bool? IsPerson, string? LeftOut, double? MaxPersonArea) Judge(AnnotatedPicture picture)
    {
        if (picture.LeftOut is { } reason)
        {
            return (null, reason, null);
        }

        if (picture.OnlyDepicted)
        {
            return (null, "persons are only depicted", null);
        }

        if (picture.Persons.IsDefault)
        {
            return (picture.Label, picture.Label is null ? "its source gives no label" : null, null);
        }

        var largest = LargestArea(picture.Width, picture.Height, picture.Persons);
        var pixels = picture.Persons.Select(box => box.Area).DefaultIfEmpty(0).Max();
        return largest < IgnoreBelow || largest == 0 ? (false, null, largest)
            : largest < MinPersonArea
                ? (
                    null,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"largest person fills {largest:0.0000}, from {IgnoreBelow} to {MinPersonArea}"
                    ),
                    largest
                )
            : pixels < MinPersonPixels
                ? (
                    null,
                    string.Create(CultureInfo.InvariantCulture, $"largest person has {pixels:0} pixels, below {MinPersonPixels}"),
                    largest
                )
            : (true, null, largest);
    }

    /// <summary>For example "person from 0.005 of 224 x 224 squash, left out from 0.001".</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"person from {MinPersonArea} of {Input}, left out from {IgnoreBelow}"
                + $"{(MinPersonPixels > 0 ? $", left out below {MinPersonPixels} pixels" : "")}"
        );
}
