using MLNetPerson.Images.Vips;

namespace MLNetPerson.Images;

/// <summary>Encodes pixels.</summary>
public static class ImageWriter
{
    /// <summary>A PNG file's bytes: the same pixels give the same bytes under one version of libvips.</summary>
    public static byte[] EncodePng(RgbImage image) => Encode(image, save => save.With("compression", 9), "pngsave_buffer");

    /// <summary>A JPEG file's bytes.</summary>
    /// <param name="image">Pixels.</param>
    /// <param name="quality">Range [1, 100].</param>
    /// <exception cref="ArgumentOutOfRangeException">The quality is out of range.</exception>
    public static byte[] EncodeJpeg(RgbImage image, int quality = 85)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        return Encode(image, save => save.With("Q", quality), "jpegsave_buffer");
    }

    private static unsafe byte[] Encode(RgbImage image, Func<VipsOperation, VipsOperation> options, string operation) =>
        VipsGate.Run(() =>
        {
            fixed (byte* pixels = image.Pixels)
            {
                using var plain = VipsPicture.Srgb(pixels, image.Width, image.Height, 3);
                using var save = options(new VipsOperation(operation).With("in", plain));
                return save.BuildBuffer();
            }
        });
}
