using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Tuning.Batches;

/// <summary>A rectangle of a picture, as shares of its width and height.</summary>
/// <param name="Left">Range [0, 1].</param>
/// <param name="Top">Range [0, 1].</param>
/// <param name="Width">Range (0, 1].</param>
/// <param name="Height">Range (0, 1].</param>
public readonly record struct RelativeBox(double Left, double Top, double Width, double Height)
{
    /// <summary>The whole picture.</summary>
    public static RelativeBox Whole { get; } = new(0, 0, 1, 1);

    /// <summary>Share of the picture's area.</summary>
    public double Area => Width * Height;

    /// <summary>Area that two rectangles share.</summary>
    public double Common(RelativeBox other)
    {
        var width = Math.Min(Left + Width, other.Left + other.Width) - Math.Max(Left, other.Left);
        var height = Math.Min(Top + Height, other.Top + other.Height) - Math.Max(Top, other.Top);
        return width <= 0 || height <= 0 ? 0 : width * height;
    }
}

/// <summary>A picture to train on.</summary>
/// <param name="Sample">Its file and label.</param>
/// <param name="Boxes">All persons in it; empty for nobody, null where they are not known.</param>
/// <param name="Weight">How much its loss counts. Range [0, ∞).</param>
/// <param name="Soft">A teacher's probability of a person for the whole picture, or null.</param>
public sealed record TrainingPicture(Sample Sample, ImmutableArray<RelativeBox>? Boxes, double Weight = 1, double? Soft = null)
{
    private const string BoxColumn = "person_boxes";

    /// <summary>Reads what a dataset says of a picture: the columns <c>person_boxes</c> ("x y w h;…", in pixels), <c>width</c> and
    /// <c>height</c>, where it has them.</summary>
    public static TrainingPicture Of(Sample sample, double weight = 1, double? soft = null) => new(sample, BoxesOf(sample), weight, soft);

    private static ImmutableArray<RelativeBox>? BoxesOf(Sample sample)
    {
        if (!sample.IsPerson)
        {
            return [];
        }

        if (
            sample.Attributes.GetValueOrDefault(BoxColumn) is not { Length: > 0 } text
            || !double.TryParse(sample.Attributes.GetValueOrDefault("width"), CultureInfo.InvariantCulture, out var width)
            || !double.TryParse(sample.Attributes.GetValueOrDefault("height"), CultureInfo.InvariantCulture, out var height)
            || width < 1
            || height < 1
        )
        {
            return null;
        }

        var boxes = ImmutableArray.CreateBuilder<RelativeBox>();
        foreach (var box in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var numbers = box.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var values = new double[4];
            if (
                numbers.Length != 4
                || numbers.Index().Any(number => !double.TryParse(number.Item, CultureInfo.InvariantCulture, out values[number.Index]))
                || values[2] <= 0
                || values[3] <= 0
            )
            {
                throw new DatasetException(
                    $"'{sample.File}': '{box}' in column '{BoxColumn}' is no box; 'x y w h' in pixels is expected, boxes separated by ';'."
                );
            }

            boxes.Add(new RelativeBox(values[0] / width, values[1] / height, values[2] / width, values[3] / height));
        }

        return boxes.Count == 0 ? null : boxes.ToImmutable();
    }
}
