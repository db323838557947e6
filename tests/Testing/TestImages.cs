using MLNetPerson.Images;
using MLNetPerson.Images.Vips;

namespace MLNetPerson.Testing;

/// <summary>Pictures for tests, made here.</summary>
public static class TestImages
{
    /// <summary>Smooth, coloured and different in all four corners, so that a turned or mirrored picture is seen.</summary>
    public static RgbImage Corners(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (right, down) = (x / Math.Max(1.0, width - 1), y / Math.Max(1.0, height - 1));
                var at = ((y * width) + x) * 3;
                (pixels[at], pixels[at + 1], pixels[at + 2]) = ((byte)(255 * right), (byte)(255 * down), (byte)(120 * (1 - right)));
            }
        }

        return new RgbImage(width, height, pixels);
    }

    public static RgbImage Noise(int width, int height, int seed)
    {
        var pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Encodes through any of libvips' savers.</summary>
    /// <param name="saver">For example "webpsave_buffer".</param>
    /// <param name="space">Colour space to convert to first, e.g. "cmyk" or "b-w"; null for sRGB.</param>
    public static unsafe byte[] Encode(RgbImage image, string saver, string? space = null, params (string Name, string Value)[] options)
    {
        VipsLibrary.EnsureStarted();
        fixed (byte* pixels = image.Pixels)
        {
            using var plain = VipsPicture.Srgb(pixels, image.Width, image.Height, 3);
            using var convert = space is null ? null : new VipsOperation("colourspace").With("in", plain).With("space", space);
            using var converted = convert?.BuildImage();
            using var save = new VipsOperation(saver).With("in", converted ?? plain);
            foreach (var (name, value) in options)
            {
                _ = save.With(name, value);
            }

            return save.BuildBuffer();
        }
    }

    /// <summary>Encodes samples of another number format.</summary>
    /// <param name="format">libvips' name: "float", "int" …</param>
    public static unsafe byte[] Cast(RgbImage image, string format, string saver)
    {
        VipsLibrary.EnsureStarted();
        fixed (byte* pixels = image.Pixels)
        {
            using var plain = VipsPicture.Srgb(pixels, image.Width, image.Height, 3);
            using var cast = new VipsOperation("cast").With("in", plain).With("format", format);
            using var converted = cast.BuildImage();
            using var save = new VipsOperation(saver).With("in", converted);
            return save.BuildBuffer();
        }
    }

    public static byte[] Jpeg(RgbImage image) => ImageWriter.EncodeJpeg(image, 95);
}
