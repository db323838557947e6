using System.Buffers;
using MLNetPerson.Images;
using NetVips;

namespace MLNetPerson.Benchmarks;

/// <summary>What the room Images does with a JPEG, written with NetVips instead of this project's own P/Invoke: the same libvips, the same
/// strips, the same resampler.</summary>
internal static class NetVipsReader
{
    /// <summary>As in the room Images' VipsPicture.</summary>
    private const int RowsPerStrip = 16;

    private const int LargestJpegShrink = 8;
    private const double LeftToFilter = 2;

    /// <summary>Whether the two can be compared on a picture: an upright 8-bit RGB JPEG without a colour profile, as most are.</summary>
    public static bool Reads(byte[] bytes)
    {
        if (bytes is not [0xFF, 0xD8, ..])
        {
            return false;
        }

        using var image = Image.JpegloadBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
        return image.Bands == 3
            && image.Format == Enums.BandFormat.Uchar
            && image.Interpretation == Enums.Interpretation.Srgb
            && !image.Contains("icc-profile-data")
            && !(image.Contains("orientation") && image.Get("orientation") is int and not 1);
    }

    /// <summary>Decodes an upright RGB JPEG to a model's input size by squashing.</summary>
    public static void ReadResized(byte[] bytes, ImageSpec spec, Span<byte> destination)
    {
        var image = Image.JpegloadBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
        try
        {
            var plan = ResizePlan.For(image.Width, image.Height, spec);
            var ratio = Math.Min((double)plan.CropWidth / plan.Width, (double)plan.CropHeight / plan.Height);
            var shrink = 1;
            while (shrink < LargestJpegShrink && ratio / (shrink * 2) >= LeftToFilter)
            {
                shrink *= 2;
            }

            if (shrink > 1)
            {
                image.Dispose();
                image = Image.JpegloadBuffer(bytes, shrink: shrink, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
                plan = ResizePlan.For(image.Width, image.Height, spec);
            }

            using var resampler = new Resampler(plan.CropWidth, plan.CropHeight, plan.Width, plan.Height);
            using var region = Region.New(image);
            var strip = ArrayPool<byte>.Shared.Rent((plan.CropWidth * RowsPerStrip * 3) + 1);
            for (var top = 0; top < plan.CropHeight; top += RowsPerStrip)
            {
                var rows = Math.Min(RowsPerStrip, plan.CropHeight - top);
                // As the room Images does: to rows of RGB, with a byte more that the resampler may read over the end.
                RgbRows.Convert(region.Fetch(plan.CropLeft, plan.CropTop + top, plan.CropWidth, rows), image.Bands, strip);
                resampler.Add(strip, rows);
            }

            ArrayPool<byte>.Shared.Return(strip);

            resampler.Finish(destination[(((plan.Top * spec.Width) + plan.Left) * 3)..], spec.Width * 3);
        }
        finally
        {
            image.Dispose();
        }
    }
}
