using System.Runtime.InteropServices;

namespace MLNetPerson.Images.Vips;

/// <summary>A libvips image: a recipe for pixels, evaluated when they are written to memory.</summary>
internal sealed class VipsImage : SafeHandle
{
    private const int UnsignedByte = 0; // VIPS_FORMAT_UCHAR
    private const int UnsignedShort = 2; // VIPS_FORMAT_USHORT
    private const int Short = 3; // VIPS_FORMAT_SHORT
    private const int LabPacked = 2; // VIPS_CODING_LABQ
    private const int Cmyk = 15; // VIPS_INTERPRETATION_CMYK
    private const int LabShort = 21; // VIPS_INTERPRETATION_LABS
    private const int Rgb16 = 25; // VIPS_INTERPRETATION_RGB16
    private const int Grey16 = 26; // VIPS_INTERPRETATION_GREY16
    private const int BlackAndWhite = 1; // VIPS_INTERPRETATION_B_W
    private const int Rgb = 17; // VIPS_INTERPRETATION_RGB
    private const int Srgb = 22; // VIPS_INTERPRETATION_sRGB
    private const string ProfileField = "icc-profile-data";

    public VipsImage(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    public override bool IsInvalid => handle == 0;

    public int Width => VipsNative.vips_image_get_width(handle);

    public int Height => VipsNative.vips_image_get_height(handle);

    public int Bands => VipsNative.vips_image_get_bands(handle);

    /// <summary>EXIF orientation, 1 to 8; 1 where there is none.</summary>
    public int Orientation => VipsNative.vips_image_get_orientation(handle);

    /// <summary>Whether EXIF, or TIFF by its default, says how the picture lies.</summary>
    public bool HasOrientation => VipsNative.vips_image_get_typeof(handle, "orientation") != 0;

    /// <summary>The XMP packet; empty where there is none. Valid while the image lives.</summary>
    public ReadOnlySpan<byte> Xmp => Blob("xmp-data");

    /// <summary>Pages of a TIFF, frames of an animation; 1 for all else.</summary>
    public int Frames => VipsNative.vips_image_get_n_pages(handle);

    /// <summary>The embedded colour profile; empty where there is none. Valid while the image lives.</summary>
    public ReadOnlySpan<byte> ColourProfile => Blob(ProfileField);

    /// <summary>Whether it is 8-bit grey or RGB, with or without alpha: nothing that needs converting.</summary>
    public bool IsPlain => Format == UnsignedByte && (Interpretation, Bands) is (BlackAndWhite, 1 or 2) or (Srgb or Rgb, 3 or 4);

    /// <summary>Whether the decoder packed CIE L*a*b* values, as it does for 8-bit TIFF files of that space.</summary>
    public bool IsLabPacked => VipsNative.vips_image_get_coding(handle) == LabPacked;

    /// <summary>Whether it is CIE L*a*b* in 16-bit steps.</summary>
    public bool IsLabShort => Interpretation == LabShort;

    /// <summary>Colour channels without alpha: 1 grey, 3 RGB, 4 CMYK; 0 for another space.</summary>
    public int Colours =>
        Interpretation switch
        {
            BlackAndWhite or Grey16 => 1,
            Rgb or Srgb or Rgb16 when Bands >= 3 => 3,
            Cmyk when Bands >= 4 => 4,
            _ => 0,
        };

    /// <summary>Whether samples are whole numbers of 8 or 16 bits, whose range is known.</summary>
    public bool HasKnownRange => Format is UnsignedByte or UnsignedShort or Short && (Format != Short || IsLabShort);

    /// <summary>Whether the decoder needed all pixels in memory: progressive JPEG, interlaced PNG.</summary>
    public bool IsInterlaced => VipsNative.vips_image_get_typeof(handle, "interlaced") != 0;

    /// <summary>What the samples are, in words.</summary>
    public string Kind =>
        $"{Bands} {(Bands == 1 ? "channel" : "channels")} of "
        + Format switch
        {
            0 => "8-bit whole numbers",
            1 => "signed 8-bit whole numbers",
            UnsignedShort => "16-bit whole numbers",
            Short => "signed 16-bit whole numbers",
            4 => "32-bit whole numbers",
            5 => "signed 32-bit whole numbers",
            6 => "32-bit floating point",
            8 => "64-bit floating point",
            _ => "complex numbers",
        };

    private int Format => VipsNative.vips_image_get_format(handle);

    private int Interpretation => VipsNative.vips_image_get_interpretation(handle);

    /// <summary>Wraps pixels without copying; they must stay pinned until the last image made from this one is disposed.</summary>
    public static unsafe VipsImage OverPixels(byte* pixels, int width, int height, int bands)
    {
        var length = (nuint)width * (nuint)height * (nuint)bands;
        var image = VipsNative.vips_image_new_from_memory(pixels, length, width, height, bands, UnsignedByte);
        return image == 0 ? throw new VipsException(VipsError.OfThisThread()) : new VipsImage(image);
    }

    /// <summary>Another handle to the same image.</summary>
    public VipsImage Share() => new(VipsNative.g_object_ref(handle));

    /// <summary>Gives the image a colour profile of its own.</summary>
    public unsafe void SetColourProfile(ReadOnlySpan<byte> profile)
    {
        fixed (byte* bytes = profile)
        {
            VipsNative.vips_image_set_blob_copy(handle, ProfileField, bytes, (nuint)profile.Length);
        }
    }

    private unsafe ReadOnlySpan<byte> Blob(string field) =>
        VipsNative.vips_image_get_typeof(handle, field) != 0
        && VipsNative.vips_image_get_blob(handle, field, out var data, out var length) == 0
            ? new ReadOnlySpan<byte>((void*)data, (int)length)
            : [];

    protected override bool ReleaseHandle()
    {
        VipsNative.g_object_unref(handle);
        return true;
    }
}
