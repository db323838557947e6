using System.Buffers;

namespace MLNetPerson.Images.Vips;

/// <summary>An encoded picture, opened: its header is read, its pixels are not decoded yet. The bytes must stay pinned until it is
/// disposed.</summary>
internal sealed unsafe class VipsPicture : IDisposable
{
    /// <summary>What libvips itself works in. The strips of one picture come from the top, as sequential decoders need it.</summary>
    private const int RowsPerStrip = 16;

    /// <summary>JPEG's transform can halve the size up to three times while decoding. It stops at twice the target, so that our own filter
    /// still decides what is seen.</summary>
    private const int LargestJpegShrink = 8;
    private const double LeftToFilter = 2;

    private readonly byte* _bytes;
    private readonly int _length;
    private readonly ImageFormat _format;
    private VipsImage _image;

    private VipsPicture(byte* bytes, int length, ImageFormat format)
    {
        _bytes = bytes;
        _length = length;
        _format = format;
        _image = Load(shrink: 1);
        Orientation = _image.Orientation;
        var sideways = Images.Orientation.IsSideways(Orientation);
        Header = new ImageHeader(
            format,
            sideways ? _image.Height : _image.Width,
            sideways ? _image.Width : _image.Height,
            Math.Max(1, _image.Frames)
        );
    }

    public ImageHeader Header { get; }

    private int Orientation { get; }

    public static VipsPicture Open(byte* bytes, int length, ImageFormat format) => new(bytes, length, format);

    /// <summary>Decodes to upright sRGB of a model's input size.</summary>
    public void ReadResized(ImageSpec spec, Span<byte> destination)
    {
        var sideways = Images.Orientation.IsSideways(Orientation);
        var stored = sideways ? spec with { Width = spec.Height, Height = spec.Width } : spec;
        ShrinkWhileDecoding(ResizePlan.For(_image.Width, _image.Height, stored));
        using var plain = Plain(_image);
        if (Orientation is < 2 or > 8)
        {
            Resize(plain, stored, destination);
            return;
        }

        var turned = ArrayPool<byte>.Shared.Rent(stored.ByteCount);
        Resize(plain, stored, turned.AsSpan(0, stored.ByteCount));
        Images.Orientation.Apply(turned.AsSpan(0, stored.ByteCount), stored.Width, stored.Height, Orientation, destination);
        ArrayPool<byte>.Shared.Return(turned);
    }

    public void Dispose() => _image.Dispose();

    /// <summary>Plain pixels, said to be sRGB; they must stay pinned until the last image made from this one is disposed.</summary>
    public static VipsImage Srgb(byte* pixels, int width, int height, int bands)
    {
        using var plain = VipsImage.OverPixels(pixels, width, height, bands);
        return Built(new VipsOperation("copy").With("in", plain).With("interpretation", "srgb"));
    }

    private VipsImage Load(int shrink)
    {
        // fail_on=error refuses truncated files, but not those whose decoder merely has a remark.
        var load = new VipsOperation(Loader(_format)).With("buffer", _bytes, _length).With("fail_on", "error").With("access", "sequential");
        return Built(shrink > 1 ? load.With("shrink", shrink) : load);
    }

    private void ShrinkWhileDecoding(ResizePlan plan)
    {
        var ratio = Math.Min((double)plan.CropWidth / plan.Width, (double)plan.CropHeight / plan.Height);
        var shrink = 1;
        while (_format == ImageFormat.Jpeg && shrink < LargestJpegShrink && ratio / (shrink * 2) >= LeftToFilter)
        {
            shrink *= 2;
        }

        if (shrink > 1)
        {
            var smaller = Load(shrink);
            _image.Dispose();
            _image = smaller;
        }
    }

    /// <summary>The image itself where it is 8-bit grey or RGB, with or without alpha; else converted to that (CMYK by its own
    /// profile).</summary>
    private static VipsImage Plain(VipsImage image) =>
        image.IsPlain ? image.Share() : Built(new VipsOperation("colourspace").With("in", image).With("space", "srgb"));

    private void Resize(VipsImage plain, ImageSpec spec, Span<byte> destination)
    {
        var plan = ResizePlan.For(plain.Width, plain.Height, spec);
        if (plan.Width < spec.Width || plan.Height < spec.Height)
        {
            destination.Fill(ImageReader.PadValue);
        }

        using (var resampler = new Resampler(plan.CropWidth, plan.CropHeight, plan.Width, plan.Height))
        using (var region = new VipsRegion(plain))
        {
            var bands = plain.Bands;
            var strip = ArrayPool<byte>.Shared.Rent((plan.CropWidth * RowsPerStrip * 3) + 1);
            for (var top = 0; top < plan.CropHeight; top += RowsPerStrip)
            {
                var rows = Math.Min(RowsPerStrip, plan.CropHeight - top);
                region.Fetch(plan.CropLeft, plan.CropTop + top, plan.CropWidth, rows, bands, strip);
                resampler.Add(strip, rows);
            }

            ArrayPool<byte>.Shared.Return(strip);
            resampler.Finish(destination[(((plan.Top * spec.Width) + plan.Left) * 3)..], spec.Width * 3);
        }

        if (plain.Bands >= 3 && ColourProfile.IsRgbOtherThanSrgb(_image.ColourProfile) && ReferenceEquals(plain.Origin, _image))
        {
            ConvertColours(spec, destination);
        }
    }

    /// <summary>From the picture's own RGB to sRGB, on the few pixels that are left.</summary>
    private void ConvertColours(ImageSpec spec, Span<byte> pixels)
    {
        fixed (byte* pinned = pixels)
        {
            using var image = Srgb(pinned, spec.Width, spec.Height, 3);
            image.SetColourProfile(_image.ColourProfile);
            // Where the profile turns out to be unusable, input_profile takes its place: no conversion.
            using var converted = Built(
                new VipsOperation("icc_transform")
                    .With("in", image)
                    .With("embedded", "true")
                    .With("input_profile", "srgb")
                    .With("output_profile", "srgb")
            );
            using var region = new VipsRegion(converted);
            var result = ArrayPool<byte>.Shared.Rent(pixels.Length);
            region.Fetch(0, 0, spec.Width, spec.Height, converted.Bands, result);
            result.AsSpan(0, pixels.Length).CopyTo(pixels);
            ArrayPool<byte>.Shared.Return(result);
        }
    }

    private static VipsImage Built(VipsOperation operation)
    {
        using (operation)
        {
            return operation.BuildImage();
        }
    }

    private static string Loader(ImageFormat format) =>
        format switch
        {
            ImageFormat.Jpeg => "jpegload_buffer",
            ImageFormat.Png => "pngload_buffer",
            ImageFormat.WebP => "webpload_buffer",
            ImageFormat.Gif => "gifload_buffer",
            ImageFormat.Tiff => "tiffload_buffer",
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
}
