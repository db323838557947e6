namespace MLNetPerson.Images.Vips;

/// <summary>From encoded bytes or plain pixels to upright sRGB at a wanted size, in libvips operations.</summary>
/// <remarks>
/// <c>thumbnail</c> turns upright by EXIF, lets JPEG and WebP shrink while they decode, resizes premultiplied with Lanczos-3,
/// and converts through an embedded colour profile. All of it runs when the pixels are written.
/// </remarks>
internal static unsafe class VipsPicture
{
    private const string PadColour = "128";   // the middle of 0–255: zero, or nearly so, after the usual normalisations

    public static ImageHeader ReadHeader(byte* bytes, int length, ImageFormat format)
    {
        using var load = new VipsOperation(Loader(format)).With("buffer", bytes, length);
        using var image = load.BuildImage();
        var sideways = image.Orientation >= 5;   // EXIF 5 to 8 lie on their side
        return new ImageHeader(format, sideways ? image.Height : image.Width, sideways ? image.Width : image.Height, Math.Max(1, image.Frames))
        {
            NeedsColourConversion = ColourProfile.IsOtherThanSrgb(image.ColourProfile),
        };
    }

    public static int DecodeResized(byte* bytes, int length, bool convertColours, ImageSpec spec, Span<byte> destination)
    {
        // fail_on=error refuses truncated files, but not those whose decoder merely has a remark. thumbnail_buffer ignores its own
        // argument of that name (8.18.7), so the loader is told.
        using var thumbnail = Sized(new VipsOperation("thumbnail_buffer").With("buffer", bytes, length).With("option_string", "fail_on=error"), spec);
        // Even from sRGB to sRGB a conversion costs several times the decoding, hence only where it changes something.
        _ = convertColours ? thumbnail.With("output_profile", "srgb") : thumbnail;
        using var image = thumbnail.BuildImage();
        return Write(image, spec, destination);
    }

    public static int ResizePixels(byte* pixels, int width, int height, int bands, ImageSpec spec, Span<byte> destination)
    {
        using var source = Srgb(pixels, width, height, bands);
        using var thumbnail = Sized(new VipsOperation("thumbnail_image").With("in", source), spec);
        using var image = thumbnail.BuildImage();
        return Write(image, spec, destination);
    }

    /// <summary>Plain pixels, said to be sRGB; they must stay pinned until the last image made from this one is disposed.</summary>
    public static VipsImage Srgb(byte* pixels, int width, int height, int bands)
    {
        using var plain = VipsImage.OverPixels(pixels, width, height, bands);
        return Built(new VipsOperation("copy").With("in", plain).With("interpretation", "srgb"));
    }

    private static VipsOperation Sized(VipsOperation thumbnail, ImageSpec spec)
    {
        thumbnail = thumbnail.With("width", spec.Width).With("height", spec.Height);
        return spec.Resize switch
        {
            ResizeKind.Squash => thumbnail.With("size", "force"),
            ResizeKind.CenterCrop => thumbnail.With("crop", "centre"),
            ResizeKind.Pad => thumbnail,
            _ => throw new ArgumentOutOfRangeException(nameof(spec)),
        };
    }

    private static int Write(VipsImage image, ImageSpec spec, Span<byte> destination)
    {
        using var bytes = image.IsByteSrgb ? null : Built(new VipsOperation("colourspace").With("in", image).With("space", "srgb"));
        var coloured = bytes ?? image;
        using var opaque = coloured.HasAlpha ? Built(new VipsOperation("flatten").With("in", coloured).With("background", "255 255 255")) : null;
        var flat = opaque ?? coloured;
        using var padded = flat.Width == spec.Width && flat.Height == spec.Height ? null : Built(new VipsOperation("gravity")
            .With("in", flat).With("direction", "centre").With("width", spec.Width).With("height", spec.Height)
            .With("extend", "background").With("background", $"{PadColour} {PadColour} {PadColour}"));
        (padded ?? flat).WriteTo(destination);
        return 0;
    }

    private static VipsImage Built(VipsOperation operation)
    {
        using (operation)
        {
            return operation.BuildImage();
        }
    }

    private static string Loader(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "jpegload_buffer",
        ImageFormat.Png => "pngload_buffer",
        ImageFormat.WebP => "webpload_buffer",
        ImageFormat.Gif => "gifload_buffer",
        ImageFormat.Tiff => "tiffload_buffer",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}
