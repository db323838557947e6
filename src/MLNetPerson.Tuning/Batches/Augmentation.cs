using MLNetPerson.Images;
using MLNetPerson.Training.Import;

namespace MLNetPerson.Tuning.Batches;

/// <summary>
/// One variation of one picture, drawn before any pixel is touched: the same variation can be rendered for a student and for a teacher of
/// another input size.
/// </summary>
internal sealed record Augmentation
{
    /// <summary>Crops that are tried before the whole picture is taken.</summary>
    private const int Tries = 8;

    public RelativeBox Crop { get; private init; } = RelativeBox.Whole;

    /// <summary>Where in the input the crop goes; the rest is grey.</summary>
    public RelativeBox Place { get; private init; } = RelativeBox.Whole;

    /// <summary>The label of what is seen.</summary>
    public required bool IsPerson { get; init; }

    public bool Flip { get; private init; }

    public double Brightness { get; private init; } = 1;

    public double Contrast { get; private init; } = 1;

    public double Saturation { get; private init; } = 1;

    public bool Infrared { get; private init; }

    /// <summary>Factor of a dark picture; 1 is none.</summary>
    public double Light { get; private init; } = 1;

    public int Blur { get; private init; }

    /// <summary>0 is none.</summary>
    public int JpegQuality { get; private init; }

    public RelativeBox? Erased { get; private init; }

    /// <summary>Of the noise.</summary>
    public Dice Noise { get; private init; }

    /// <summary>Whether nothing is changed.</summary>
    public bool IsNothing { get; private init; }

    /// <summary>The picture as it is.</summary>
    public static Augmentation Nothing(TrainingPicture picture) => new() { IsPerson = picture.Sample.IsPerson, IsNothing = true };

    /// <summary>Draws a variation.</summary>
    public static Augmentation Draw(ref Dice dice, AugmentationOptions options, TrainingPicture picture, LabelRule rule)
    {
        var (crop, place, isPerson) = Geometry(ref dice, options, picture, rule);
        var drawn = new Augmentation
        {
            IsPerson = isPerson,
            Crop = crop,
            Place = place,
            Flip = dice.Chance(options.Flip),
            Brightness = dice.Between(1 - options.Brightness, 1 + options.Brightness),
            Contrast = dice.Between(1 - options.Contrast, 1 + options.Contrast),
            Saturation = dice.Chance(options.Grey) ? 0 : dice.Between(1 - options.Saturation, 1 + options.Saturation),
            Infrared = dice.Chance(options.Infrared),
            Light = dice.Chance(options.LowLight) ? dice.Between(0.15, 0.5) : 1,
            Blur = dice.Chance(options.Blur) ? 1 + dice.Below(2) : 0,
            JpegQuality = dice.Chance(options.Jpeg) ? 30 + dice.Below(51) : 0,
            Erased = dice.Chance(options.Erase) ? Rectangle(ref dice) : null,
        };
        return drawn with { Noise = dice, Erased = drawn.Erased is { } erased && Spares(drawn, erased, picture) ? erased : null };
    }

    private static (RelativeBox Crop, RelativeBox Place, bool IsPerson) Geometry(
        ref Dice dice,
        AugmentationOptions options,
        TrainingPicture picture,
        LabelRule rule
    )
    {
        var label = picture.Sample.IsPerson;
        if (dice.Chance(options.ZoomOut))
        {
            double width = dice.Between(options.SmallestZoom, 1),
                height = Math.Clamp(width * dice.Between(0.85, 1.18), options.SmallestZoom, 1);
            var place = new RelativeBox(dice.Between(0, 1 - width), dice.Between(0, 1 - height), width, height);

            // Persons of unknown size may become too small to be seen, so their pictures shrink only a little.
            var known = picture.Boxes is not null || place.Area >= 0.7;
            var seen = CropLabel.Of(label, picture.Boxes ?? [RelativeBox.Whole], RelativeBox.Whole, place.Area, rule);
            return known && seen == label ? (RelativeBox.Whole, place, label) : (RelativeBox.Whole, RelativeBox.Whole, label);
        }

        for (var i = 0; i < Tries && options.SmallestCrop < 1; i++)
        {
            double area = dice.Between(options.SmallestCrop, 1),
                aspect = Math.Exp(dice.Between(-Math.Log(options.LargestAspect), Math.Log(options.LargestAspect)));
            double width = Math.Sqrt(area * aspect),
                height = Math.Sqrt(area / aspect);
            if (width > 1 || height > 1)
            {
                continue;
            }

            var crop = new RelativeBox(dice.Between(0, 1 - width), dice.Between(0, 1 - height), width, height);
            if (CropLabel.Of(label, picture.Boxes, crop, 1, rule) is { } seen)
            {
                return (crop, RelativeBox.Whole, seen);
            }
        }

        return (RelativeBox.Whole, RelativeBox.Whole, label);
    }

    private static RelativeBox Rectangle(ref Dice dice)
    {
        double area = dice.Between(0.02, 0.15),
            aspect = Math.Exp(dice.Between(-Math.Log(3), Math.Log(3)));
        double width = Math.Min(1, Math.Sqrt(area * aspect)),
            height = Math.Min(1, Math.Sqrt(area / aspect));
        return new RelativeBox(dice.Between(0, 1 - width), dice.Between(0, 1 - height), width, height);
    }

    /// <summary>Whether most of some person that makes the label stays in sight.</summary>
    private static bool Spares(Augmentation drawn, RelativeBox erased, TrainingPicture picture) =>
        !drawn.IsPerson
        || (picture.Boxes is { } boxes && boxes.Any(box => drawn.Seen(box) is { Area: > 0 } seen && erased.Common(seen) < 0.5 * seen.Area));

    /// <summary>Where a box of the picture lies in the input.</summary>
    public RelativeBox Seen(RelativeBox box)
    {
        double left = Math.Max(box.Left, Crop.Left),
            top = Math.Max(box.Top, Crop.Top);
        double right = Math.Min(box.Left + box.Width, Crop.Left + Crop.Width),
            bottom = Math.Min(box.Top + box.Height, Crop.Top + Crop.Height);
        if (right <= left || bottom <= top)
        {
            return default;
        }

        var x = Place.Left + ((left - Crop.Left) / Crop.Width * Place.Width);
        var width = (right - left) / Crop.Width * Place.Width;
        return new RelativeBox(
            Flip ? 1 - x - width : x,
            Place.Top + ((top - Crop.Top) / Crop.Height * Place.Height),
            width,
            (bottom - top) / Crop.Height * Place.Height
        );
    }

    /// <summary>Writes the varied picture.</summary>
    /// <param name="image">Upright.</param>
    /// <param name="spec">The input's size.</param>
    /// <param name="destination">[height, width, 3] bytes.</param>
    public void Render(RgbImage image, ImageSpec spec, Span<byte> destination)
    {
        var squash = spec with { Resize = ResizeKind.Squash };
        var (left, top) = ((int)(Crop.Left * image.Width), (int)(Crop.Top * image.Height));
        int width = Math.Clamp((int)Math.Round(Crop.Width * image.Width), 1, image.Width - left),
            height = Math.Clamp((int)Math.Round(Crop.Height * image.Height), 1, image.Height - top);
        ReadOnlySpan<byte> pixels = image.Pixels;
        if (width < image.Width || height < image.Height)
        {
            var part = new byte[width * height * 3];
            for (var y = 0; y < height; y++)
            {
                pixels.Slice((((top + y) * image.Width) + left) * 3, width * 3).CopyTo(part.AsSpan(y * width * 3));
            }

            pixels = part;
        }

        if (Place == RelativeBox.Whole)
        {
            // A whole picture is fitted as in prediction; a crop has its own shape, and is squashed.
            ImageReader.Resize(pixels, width, height, Crop == RelativeBox.Whole ? spec : squash, destination);
        }
        else
        {
            int placeWidth = Math.Max(1, (int)(Place.Width * spec.Width)),
                placeHeight = Math.Max(1, (int)(Place.Height * spec.Height));
            var small = new byte[placeWidth * placeHeight * 3];
            ImageReader.Resize(pixels, width, height, squash with { Width = placeWidth, Height = placeHeight }, small);
            int x = Math.Min((int)(Place.Left * spec.Width), spec.Width - placeWidth),
                y = Math.Min((int)(Place.Top * spec.Height), spec.Height - placeHeight);
            destination.Fill(PixelEffects.Grey);
            for (var row = 0; row < placeHeight; row++)
            {
                small.AsSpan(row * placeWidth * 3, placeWidth * 3).CopyTo(destination[((((y + row) * spec.Width) + x) * 3)..]);
            }
        }

        PixelEffects.Apply(this, spec, destination);
    }
}
