using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Curation.Pictures;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Testing;

/// <summary>Pictures for the checks: drawn, or measures alone.</summary>
public static class CuratedPictures
{
    /// <summary>A scene, different for each seed.</summary>
    public static RgbImage Scene(int seed, int width = 160, int height = 120)
    {
        // Discs of all sizes over each other: edges and areas everywhere, as photographs have them.
        var random = new Random(seed);
        var pixels = new double[width * height];
        for (var disc = 0; disc < 14; disc++)
        {
            var (centreX, centreY, radius, grey) = (
                random.NextDouble() * width,
                random.NextDouble() * height,
                width * (0.06 + (0.3 * random.NextDouble())),
                (random.NextDouble() * 240) - 120
            );
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    if (((x - centreX) * (x - centreX)) + ((y - centreY) * (y - centreY)) < radius * radius)
                    {
                        pixels[(y * width) + x] = grey;
                    }
                }
            }
        }

        // Soft edges, as lenses make them.
        var hard = new RgbImage(
            width,
            height,
            [.. pixels.SelectMany(value => Enumerable.Repeat((byte)Math.Clamp(128 + value, 0, 255), 3))]
        );
        return Scale(Scale(hard, width / 6, height / 6), width, height);
    }

    public static CuratedPicture Of(
        string file,
        bool isPerson,
        RgbImage image,
        string? split = null,
        string? group = null,
        params (string Name, string Value)[] attributes
    ) => new(Sample(file, isPerson, split, group, attributes), new PictureMeter().Measure(ImageWriter.EncodePng(image), file));

    /// <summary>Without pixels: for checks that look at lines only.</summary>
    public static CuratedPicture Line(
        int index,
        bool isPerson,
        string? split = null,
        string? group = null,
        params (string Name, string Value)[] attributes
    ) =>
        new(
            Sample($"{index}.jpg", isPerson, split, group, attributes),
            new PictureMeasures
            {
                Sha256 = Sha256Text.OfBytes(BitConverter.GetBytes(index)),
                Width = 640,
                Height = 480,
                MeanGrey = 100 + (index % 7),
                Contrast = 50,
                Blur = 0.3,
                Hash = (ulong)index * 0x9E3779B97F4A7C15,
            }
        );

    public static RgbImage Mirror(RgbImage image) =>
        new(
            image.Width,
            image.Height,
            [
                .. Enumerable
                    .Range(0, image.Width * image.Height)
                    .SelectMany(i =>
                        image.Pixels.AsSpan(((i / image.Width * image.Width) + image.Width - 1 - (i % image.Width)) * 3, 3).ToArray()
                    ),
            ]
        );

    public static RgbImage Crop(RgbImage image, int left, int top, int width, int height) =>
        new(
            width,
            height,
            [
                .. Enumerable
                    .Range(0, height)
                    .SelectMany(y => image.Pixels.AsSpan((((top + y) * image.Width) + left) * 3, width * 3).ToArray()),
            ]
        );

    public static RgbImage Scale(RgbImage image, int width, int height)
    {
        var pixels = new byte[width * height * 3];
        ImageReader.Resize(image.Pixels, image.Width, image.Height, new ImageSpec(width, height), pixels);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>With figures in it or without.</summary>
    public static RgbImage Drawn(int seed, int figures) => GoldenPictures.Draw(new ImageSpec(96, 80), seed, figures);

    private static Sample Sample(string file, bool isPerson, string? split, string? group, (string Name, string Value)[] attributes) =>
        new()
        {
            File = file,
            Path = "/nowhere/" + file,
            IsPerson = isPerson,
            Split = split,
            Group = group,
            Attributes = System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(
                StringComparer.Ordinal,
                attributes.Select(attribute => KeyValuePair.Create(attribute.Name, attribute.Value))
            ),
        };
}
