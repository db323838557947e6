using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Benchmarks;

/// <summary>Pictures as many phones store them: the sensor's rows as they come, and an EXIF entry that says how to turn them.</summary>
internal static class MLNetSideways
{
    /// <summary>Orientation 6: to be turned a quarter clockwise.</summary>
    private static readonly byte[] Exif =
    [
        0xFF,
        0xE1,
        0,
        34,
        .. "Exif\0\0"u8,
        (byte)'M',
        (byte)'M',
        0,
        42,
        0,
        0,
        0,
        8,
        0,
        1,
        0x01,
        0x12,
        0,
        3,
        0,
        0,
        0,
        1,
        0,
        6,
        0,
        0,
        0,
        0,
        0,
        0,
    ];

    public static Dataset Write(Dataset dataset, string folder)
    {
        Directory.CreateDirectory(folder);
        var reader = new ImageReader();
        return dataset with
        {
            Samples =
            [
                .. dataset
                    .Samples.AsParallel()
                    .AsOrdered()
                    .Select(
                        (sample, i) =>
                        {
                            var path = Path.Combine(folder, $"{i}.jpg");
                            var jpeg = ImageWriter.EncodeJpeg(Turn(reader.Read(File.ReadAllBytes(sample.Path), sample.File)), 95);
                            File.WriteAllBytes(path, [.. jpeg[..2], .. Exif, .. jpeg[2..]]);
                            return sample with { Path = path };
                        }
                    ),
            ],
        };
    }

    /// <summary>A quarter counter-clockwise, which the entry undoes.</summary>
    private static RgbImage Turn(RgbImage image)
    {
        var (width, height) = (image.Height, image.Width);
        var pixels = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                image.Pixels.AsSpan(((x * image.Width) + image.Width - 1 - y) * 3, 3).CopyTo(pixels.AsSpan(((y * width) + x) * 3));
            }
        }

        return new RgbImage(width, height, pixels);
    }
}
