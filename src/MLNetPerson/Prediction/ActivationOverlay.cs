using System.Globalization;
using MLNetPerson.Images;

namespace MLNetPerson.Prediction;

/// <summary>Draws an activation map over its picture: what speaks for a person in orange, what speaks against one in blue, the picture
/// itself in grey.</summary>
public static class ActivationOverlay
{
    /// <summary>
    /// Evidence at which a colour is full, in logits, as if the whole picture were like the place: the same in every picture, so that weak
    /// evidence looks weak.
    /// Of the places of VOC2007's pictures half are below a sixth of it, nine in ten below a half.
    /// </summary>
    public const double FullScale = 100;

    /// <summary>The longest side that is drawn; larger pictures are shrunk.</summary>
    public const int MostPixels = 1600;

    /// <summary>The shortest long side under a caption; smaller pictures are enlarged, so that it can be read.</summary>
    public const int LeastPixels = 480;

    private const string Against = "against";
    private const string For = "for a person";

    // Orange and blue differ for every kind of colour vision; both are equally light and colourful.
    private const double Chroma = 0.17;
    private const double Lightness = 0.7;
    private static readonly (double A, double B) Orange = (Chroma * Math.Cos(50 * Math.PI / 180), Chroma * Math.Sin(50 * Math.PI / 180));
    private static readonly (double A, double B) Blue = (Chroma * Math.Cos(255 * Math.PI / 180), Chroma * Math.Sin(255 * Math.PI / 180));
    private static readonly (byte, byte, byte) Paper = (22, 24, 28);
    private static readonly (byte, byte, byte) Ink = (240, 240, 236);

    /// <summary>Draws the map over the picture, with a caption below: answer, probability, and what the colours mean.</summary>
    /// <param name="picture">The picture that was explained, upright, at any size.</param>
    /// <param name="map">Its map.</param>
    public static RgbImage WithCaption(RgbImage picture, ActivationMap map)
    {
        var side = Math.Max(picture.Width, picture.Height);
        var image = Heat(Scale(picture, Math.Clamp(side, LeastPixels, MostPixels) / (double)side), map);
        return Caption(image, map.Prediction);
    }

    /// <summary>Draws the map over the picture, at the picture's size.</summary>
    /// <param name="picture">The picture that was explained, upright, at any size.</param>
    /// <param name="map">Its map.</param>
    public static RgbImage Heat(RgbImage picture, ActivationMap map)
    {
        var evidence = map.Evidence;
        var plan = ResizePlan.For(map.PictureWidth, map.PictureHeight, map.Input);
        var columns = Places(
            picture.Width,
            map.PictureWidth,
            plan.CropLeft,
            plan.CropWidth,
            plan.Left,
            plan.Width,
            map.Input.Width,
            map.Width
        );
        var rows = Places(
            picture.Height,
            map.PictureHeight,
            plan.CropTop,
            plan.CropHeight,
            plan.Top,
            plan.Height,
            map.Input.Height,
            map.Height
        );
        var pixels = new byte[picture.Pixels.Length];
        Parallel.For(
            0,
            picture.Height,
            y =>
            {
                for (var x = 0; x < picture.Width; x++)
                {
                    var at = ((y * picture.Width) + x) * 3;
                    var value =
                        columns[x] is { } column && rows[y] is { } row
                            ? At(evidence, map.Width, row, column) * evidence.Length / FullScale
                            : 0;
                    var grey = OkLab.Of(picture.Pixels[at], picture.Pixels[at + 1], picture.Pixels[at + 2]).L;
                    (pixels[at], pixels[at + 1], pixels[at + 2]) = Colour(0.12 + (0.76 * grey), value).ToRgb();
                }
            }
        );
        return new RgbImage(picture.Width, picture.Height, pixels);
    }

    /// <summary>A grey of the given lightness, tinted by evidence from −1 to 1.</summary>
    private static OkLab Colour(double grey, double value)
    {
        var strength = Math.Min(1, Math.Abs(value));
        var (a, b) = value > 0 ? Orange : Blue;
        return new OkLab(grey + ((Lightness - grey) * 0.6 * strength), a * strength, b * strength);
    }

    /// <summary>For each pixel along an axis where between two places it lies; null where the model did not see it.</summary>
    private static (int First, double Share)?[] Places(
        int pixels,
        int pictureSide,
        int crop,
        int cropSide,
        int start,
        int filled,
        int inputSide,
        int places
    ) =>
        [
            .. Enumerable
                .Range(0, pixels)
                .Select(
                    (int i) =>
                    {
                        var inPicture = ((i + 0.5) * pictureSide / pixels) - crop;
                        if (inPicture < 0 || inPicture > cropSide)
                        {
                            return ((int, double)?)null;
                        }

                        var place = Math.Clamp(((start + (inPicture * filled / cropSide)) * places / inputSide) - 0.5, 0, places - 1);
                        var first = Math.Min((int)place, Math.Max(0, places - 2));
                        return (first, place - first);
                    }
                ),
        ];

    private static double At(
        System.Collections.Immutable.ImmutableArray<float> values,
        int width,
        (int First, double Share) row,
        (int First, double Share) column
    )
    {
        double Along(int y) =>
            values[(y * width) + column.First] * (1 - column.Share)
            + (column.Share > 0 ? values[(y * width) + column.First + 1] * column.Share : 0);
        return (Along(row.First) * (1 - row.Share)) + (row.Share > 0 ? Along(row.First + 1) * row.Share : 0);
    }

    private static RgbImage Scale(RgbImage picture, double factor)
    {
        if (factor == 1)
        {
            return picture;
        }

        var spec = new ImageSpec(
            Math.Max(1, (int)Math.Round(picture.Width * factor)),
            Math.Max(1, (int)Math.Round(picture.Height * factor))
        );
        var pixels = new byte[spec.ByteCount];
        ImageReader.Resize(picture.Pixels, picture.Width, picture.Height, spec, pixels);
        return new RgbImage(spec.Width, spec.Height, pixels);
    }

    /// <summary>Two lines below the picture: the answer, and a bar between the words for its ends.</summary>
    private static RgbImage Caption(RgbImage image, PersonPrediction prediction)
    {
        // The strip is at least as wide as its words; a narrow picture stands in its middle.
        var unit = Math.Max(1.2, Math.Max(image.Width, LeastPixels) / 400.0);
        var answer = string.Create(
            CultureInfo.InvariantCulture,
            $"{(prediction.IsPerson ? "person" : "no person")} {prediction.Probability:0.000}"
        );
        var margin = 8 * unit;
        var least = (int)
            Math.Ceiling(
                Math.Max(Lettering.Measure(answer) * 1.5, Lettering.Measure(Against) + Lettering.Measure(For) + 90) * unit + (2 * margin)
            );
        var (width, strip) = (Math.Max(image.Width, least), (int)Math.Ceiling((Lettering.LineUnits * 2.5 * unit) + (3 * margin)));
        var pixels = new byte[width * (image.Height + strip) * 3];
        for (var at = 0; at < pixels.Length; at += 3)
        {
            (pixels[at], pixels[at + 1], pixels[at + 2]) = Paper;
        }

        var left = (width - image.Width) / 2;
        for (var y = 0; y < image.Height; y++)
        {
            image.Pixels.AsSpan(y * image.Width * 3, image.Width * 3).CopyTo(pixels.AsSpan(((y * width) + left) * 3));
        }

        var (first, second) = (image.Height + margin, image.Height + (2 * margin) + (Lettering.LineUnits * 1.5 * unit));
        Lettering.Write(pixels, width, answer, margin, first, 1.5 * unit, Ink);
        Lettering.Write(pixels, width, Against, margin, second, unit, Ink);
        Lettering.Write(pixels, width, For, width - margin - (Lettering.Measure(For) * unit), second, unit, Ink);
        Bar(
            pixels,
            width,
            margin + ((Lettering.Measure(Against) + 8) * unit),
            width - margin - ((Lettering.Measure(For) + 8) * unit),
            second + (2 * unit),
            10 * unit
        );
        return new RgbImage(width, image.Height + strip, pixels);
    }

    private static void Bar(byte[] pixels, int width, double left, double right, double top, double height)
    {
        for (var x = (int)left; x < (int)right; x++)
        {
            var colour = Colour(0.5, (2 * (x - left) / (right - left)) - 1).ToRgb();
            for (var y = (int)top; y < (int)(top + height); y++)
            {
                var at = ((y * width) + x) * 3;
                (pixels[at], pixels[at + 1], pixels[at + 2]) = colour;
            }
        }
    }
}
