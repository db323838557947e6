using System.Buffers;

namespace MLNetPerson.Images;

/// <summary>Brings pixels in memory to a model's input.</summary>
internal static class PixelResizer
{
    /// <param name="pixels">[height, width, channels] bytes.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="channels">3 RGB or 4 RGBA.</param>
    /// <param name="spec">The size to make, and how.</param>
    /// <param name="destination">[height, width, 3] bytes of <paramref name="spec"/>'s size.</param>
    public static void Resize(ReadOnlySpan<byte> pixels, int width, int height, int channels, ImageSpec spec, Span<byte> destination)
    {
        if (channels == 3 && width == spec.Width && height == spec.Height)
        {
            pixels.CopyTo(destination);
            return;
        }

        var plan = ResizePlan.For(width, height, spec);
        if (plan.Width < spec.Width || plan.Height < spec.Height)
        {
            destination.Fill(ImageReader.PadValue);
        }

        using var resampler = new Resampler(plan.CropWidth, plan.CropHeight, plan.Width, plan.Height);
        var row = ArrayPool<byte>.Shared.Rent((plan.CropWidth * 3) + 1);
        for (var y = 0; y < plan.CropHeight; y++)
        {
            var source = pixels.Slice((((plan.CropTop + y) * width) + plan.CropLeft) * channels, plan.CropWidth * channels);
            RgbRows.Convert(source, channels, row);
            resampler.Add(row, 1);
        }

        ArrayPool<byte>.Shared.Return(row);
        resampler.Finish(destination[(((plan.Top * spec.Width) + plan.Left) * 3)..], spec.Width * 3);
    }
}
