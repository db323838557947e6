using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Benchmarks.Curation;

/// <summary>Copies of photographs as they come about: scaled, compressed, mirrored, cropped.</summary>
internal static class PlantedCopies
{
    public const int EachKind = 100;

    /// <summary>The kinds that were promised, and one that was not.</summary>
    public static readonly string[] Kinds =
    [
        "rescaled to half",
        "recompressed at quality 40",
        "mirrored",
        "cropped by 5 % at two edges",
        "cropped by 5 % at all edges",
        "mirrored, cropped, scaled and recompressed",
    ];

    /// <summary>Writes the copies and returns them with the index of the photograph that each was made of.</summary>
    public static List<(Sample Sample, int Of, string Kind)> Make(IReadOnlyList<Sample> originals, string folder, int seed)
    {
        var random = new Random(seed);
        var chosen = Enumerable.Range(0, originals.Count).OrderBy(_ => random.Next()).Take(EachKind * Kinds.Length).ToArray();
        var reader = new ImageReader();
        return
        [
            .. chosen
                .Select((of, i) => (of, i))
                .AsParallel()
                .AsOrdered()
                .Select(pair =>
                {
                    var kind = Kinds[pair.i % Kinds.Length];
                    var path = Path.Combine(folder, $"{pair.i:0000}.jpg");
                    File.WriteAllBytes(path, Copy(reader.Read(File.ReadAllBytes(originals[pair.of].Path)), Array.IndexOf(Kinds, kind)));
                    return (originals[pair.of] with { File = $"planted/{pair.i:0000}.jpg", Path = path }, pair.of, kind);
                }),
        ];
    }

    private static byte[] Copy(RgbImage image, int kind) =>
        kind switch
        {
            0 => ImageWriter.EncodeJpeg(Scale(image, 0.5)),
            1 => ImageWriter.EncodeJpeg(image, 40),
            2 => ImageWriter.EncodeJpeg(Mirror(image)),
            3 => ImageWriter.EncodeJpeg(Crop(image, 0.05, 0.05, 0, 0)),
            4 => ImageWriter.EncodeJpeg(Crop(image, 0.05, 0.05, 0.05, 0.05)),
            _ => ImageWriter.EncodeJpeg(Scale(Mirror(Crop(image, 0, 0.05, 0.05, 0)), 0.7), 60),
        };

    private static RgbImage Scale(RgbImage image, double scale)
    {
        var spec = new ImageSpec(Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale)));
        var pixels = new byte[spec.ByteCount];
        ImageReader.Resize(image.Pixels, image.Width, image.Height, spec, pixels);
        return new RgbImage(spec.Width, spec.Height, pixels);
    }

    private static RgbImage Mirror(RgbImage image)
    {
        var pixels = new byte[image.Pixels.Length];
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                image.Pixels.AsSpan(((y * image.Width) + image.Width - 1 - x) * 3, 3).CopyTo(pixels.AsSpan(((y * image.Width) + x) * 3));
            }
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }

    private static RgbImage Crop(RgbImage image, double left, double top, double right, double bottom)
    {
        var (x0, y0, x1, y1) = (
            (int)(image.Width * left),
            (int)(image.Height * top),
            (int)(image.Width * (1 - right)),
            (int)(image.Height * (1 - bottom))
        );
        var pixels = new byte[(x1 - x0) * (y1 - y0) * 3];
        for (var y = y0; y < y1; y++)
        {
            image.Pixels.AsSpan(((y * image.Width) + x0) * 3, (x1 - x0) * 3).CopyTo(pixels.AsSpan((y - y0) * (x1 - x0) * 3));
        }

        return new RgbImage(x1 - x0, y1 - y0, pixels);
    }
}
