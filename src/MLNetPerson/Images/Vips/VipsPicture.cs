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
    private readonly IReadOnlyCollection<string> _headerWarnings;
    private VipsImage _image;

    private readonly int? _labOffset;

    private VipsPicture(byte* bytes, int length, ImageFormat format, int? labOffset)
    {
        _labOffset = labOffset;
        _bytes = bytes;
        _length = length;
        _format = format;
        _image = Load(shrink: 1);
        _headerWarnings = [.. VipsLog.Messages];
        // AVIF and HEIC say it in boxes of their own, and libheif turns them; TIFF's tag is 1 where it is left out.
        Orientation = _image.HasOrientation || format == ImageFormat.Heif ? _image.Orientation : XmpOrientation.Of(_image.Xmp);
        var sideways = Images.Orientation.IsSideways(Orientation);
        Header = new ImageHeader(
            format,
            sideways ? _image.Height : _image.Width,
            sideways ? _image.Width : _image.Height,
            Math.Max(1, _image.Frames)
        );
    }

    public ImageHeader Header { get; }

    /// <summary>Whether the decoder holds the whole picture in memory; the others give it row by row.</summary>
    public bool IsHeldWhole => _format is ImageFormat.WebP or ImageFormat.Gif or ImageFormat.Heif || _image.IsInterlaced;

    private int Orientation { get; }

    /// <summary>Reads a picture's header.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="length">Of the file.</param>
    /// <param name="format">Which decoder is asked.</param>
    /// <param name="labOffset">Where the samples are CIE L*a*b* under the name of RGB: what a* and b* were moved by.</param>
    public static VipsPicture Open(byte* bytes, int length, ImageFormat format, int? labOffset) => new(bytes, length, format, labOffset);

    /// <summary>Decodes to upright sRGB of a model's input size. Rows that the size does not need are decoded too: damage there is
    /// damage.</summary>
    /// <exception cref="VipsException">Damaged, or of a kind that is not read.</exception>
    public void ReadResized(ImageSpec spec, Span<byte> destination)
    {
        try
        {
            Decode(spec, destination);
        }
        catch (VipsException exception) when (_format == ImageFormat.Heif && IsMissingCodec(exception.Message))
        {
            throw new VipsException(HeifHelp("this libvips has no decoder for it"), unsupported: true);
        }
    }

    private void Decode(ImageSpec spec, Span<byte> destination)
    {
        var sideways = Images.Orientation.IsSideways(Orientation);
        var stored = sideways ? spec with { Width = spec.Height, Height = spec.Width } : spec;
        ShrinkWhileDecoding(ResizePlan.For(_image.Width, _image.Height, stored));
        DropExtraChannels();
        var use = _labOffset is null ? ColourProfile.UseOf(_image.ColourProfile, _image.Colours) : ProfileUse.None;
        using var plain = Plain(use);
        if (Orientation is < 2 or > 8)
        {
            Resize(plain, stored, destination, use);
        }
        else
        {
            var turned = ArrayPool<byte>.Shared.Rent(stored.ByteCount);
            Resize(plain, stored, turned.AsSpan(0, stored.ByteCount), use);
            Images.Orientation.Apply(turned.AsSpan(0, stored.ByteCount), stored.Width, stored.Height, Orientation, destination);
            ArrayPool<byte>.Shared.Return(turned);
        }

        if (
            _format == ImageFormat.Tiff
            && DecoderRemarks.DamageInTiffLog(_headerWarnings, VipsLog.Messages.Skip(_headerWarnings.Count)) is { } damage
        )
        {
            throw new VipsException(damage);
        }
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
        var loader = Loader(_format);
        if (_format == ImageFormat.Heif && VipsNative.vips_type_find("VipsOperation", loader) == 0)
        {
            throw new VipsException(HeifHelp("this libvips was built without a HEIF reader"), unsupported: true);
        }

        // fail_on=error refuses truncated files, but not those whose decoder merely has a remark: VipsGate judges remarks.
        var load = new VipsOperation(loader).With("buffer", _bytes, _length).With("fail_on", "error").With("access", "sequential");
        if (_format == ImageFormat.Tiff)
        {
            _ = load.With("unlimited", "true"); // our own limits hold
        }

        try
        {
            return Built(shrink > 1 ? load.With("shrink", shrink) : load);
        }
        catch (VipsException exception) when (_format == ImageFormat.Heif && IsMissingCodec(exception.Message))
        {
            throw new VipsException(HeifHelp("this libvips has no decoder for it"), unsupported: true);
        }
    }

    private string Unread(string what) =>
        $"this {_format.ToString().ToUpperInvariant()} file holds {what}. Read are grey, RGB and CMYK of up to 16 bits: convert the "
        + $"picture to one of those (ImageMagick: magick IN -colorspace sRGB -depth 8 OUT.png)";

    private static bool IsMissingCodec(string message) =>
        message.Contains("Unsupported codec", StringComparison.OrdinalIgnoreCase)
        || message.Contains("No decoding plugin", StringComparison.OrdinalIgnoreCase)
        || message.Contains("Unsupported feature", StringComparison.OrdinalIgnoreCase)
        || message.Contains("compression format", StringComparison.OrdinalIgnoreCase);

    private static string HeifHelp(string why) =>
        $"this is a HEIC picture, as iPhones write them, and {why}. Convert it to JPEG (heif-convert IN.heic OUT.jpg; ImageMagick: magick "
        + "IN.heic OUT.jpg; on a Mac: sips -s format jpeg IN.heic --out OUT.jpg), or install a libvips with HEVC support";

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

    /// <summary>A TIFF may hold more channels than colours and alpha: spot colours, masks, infrared. They are no part of the
    /// picture.</summary>
    private void DropExtraChannels()
    {
        var colours = _image.Colours;
        if (colours > 0 && _image.Bands > colours + 1)
        {
            var picture = Built(new VipsOperation("extract_band").With("in", _image).With("band", 0).With("n", colours));
            _image.Dispose();
            _image = picture;
        }
    }

    /// <summary>8-bit grey or RGB, with or without alpha: the image itself, or converted to that by its own profile where it has
    /// one.</summary>
    private VipsImage Plain(ProfileUse use)
    {
        if (_image.IsPlain && use != ProfileUse.BeforeResizing)
        {
            return _image.Share();
        }

        if (_image.IsLabPacked)
        {
            using var lab = Built(new VipsOperation("LabQ2Lab").With("in", _image));
            return ToSrgb(lab);
        }

        if (!_image.HasKnownRange || (_image.Colours == 0 && !_image.IsLabShort))
        {
            throw new VipsException(Unread($"{_image.Kind}, which have no agreed range or colour"), unsupported: true);
        }

        return use != ProfileUse.None
                ? FromProfile(
                    _image,
                    _image.Colours == 1 ? "sgrey"
                        : _image.Colours == 4 ? "cmyk"
                        : "srgb"
                )
            : _image.IsPlain ? _image.Share()
            : ToSrgb(_image);
    }

    private static VipsImage ToSrgb(VipsImage image) => Built(new VipsOperation("colourspace").With("in", image).With("space", "srgb"));

    /// <summary>8-bit sRGB by the embedded profile. Where that turns out to be unusable, <paramref name="otherwise"/> takes its
    /// place.</summary>
    /// <remarks>By way of floats: the direct transform of integers interpolates a table, which puts dark colours of wide spaces up to 14
    /// levels beside what the profile's numbers say (ProfileTests).</remarks>
    private static VipsImage FromProfile(VipsImage image, string otherwise)
    {
        const string Intent = "perceptual"; // the default of ICC profiles for photographs
        const string Space = "xyz"; // unbounded; Lab cuts what lies outside of sRGB too early
        using var independent = Built(
            new VipsOperation("icc_import")
                .With("in", image)
                .With("embedded", "true")
                .With("input_profile", otherwise)
                .With("pcs", Space)
                .With("intent", Intent)
        );
        return Built(
            new VipsOperation("icc_export")
                .With("in", independent)
                .With("output_profile", "srgb")
                .With("depth", 8)
                .With("pcs", Space)
                .With("intent", Intent)
        );
    }

    private void Resize(VipsImage plain, ImageSpec spec, Span<byte> destination, ProfileUse use)
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
            var strip = ArrayPool<byte>.Shared.Rent((plain.Width * RowsPerStrip * 3) + 1);
            for (var top = 0; top < plain.Height; top += RowsPerStrip)
            {
                var rows = Math.Min(RowsPerStrip, plain.Height - top);
                region.Fetch(0, top, plain.Width, rows, bands, strip);
                if (_labOffset is { } offset)
                {
                    CieLab.ToSrgb(strip.AsSpan(0, plain.Width * rows * 3), offset);
                }

                Add(resampler, plan, plain.Width, top, rows, strip);
            }

            ArrayPool<byte>.Shared.Return(strip);
            resampler.Finish(destination[(((plan.Top * spec.Width) + plan.Left) * 3)..], spec.Width * 3);
        }

        if (use == ProfileUse.AfterResizing && _image.IsPlain)
        {
            ConvertColours(spec, destination);
        }
    }

    /// <summary>Hands the rows that the plan wants to the resampler.</summary>
    private static void Add(Resampler resampler, ResizePlan plan, int width, int top, int rows, ReadOnlySpan<byte> strip)
    {
        if (plan.CropWidth == width && top >= plan.CropTop && top + rows <= plan.CropTop + plan.CropHeight)
        {
            resampler.Add(strip, rows);
            return;
        }

        for (var row = 0; row < rows; row++)
        {
            if (top + row >= plan.CropTop && top + row < plan.CropTop + plan.CropHeight)
            {
                resampler.Add(strip[(((row * width) + plan.CropLeft) * 3)..], 1);
            }
        }
    }

    /// <summary>From the picture's own RGB to sRGB, on the few pixels that are left.</summary>
    private void ConvertColours(ImageSpec spec, Span<byte> pixels)
    {
        fixed (byte* pinned = pixels)
        {
            using var image = Srgb(pinned, spec.Width, spec.Height, 3);
            image.SetColourProfile(_image.ColourProfile);
            using var converted = FromProfile(image, "srgb");
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
            ImageFormat.Heif => "heifload_buffer",
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
}
