using System.Runtime.InteropServices;

namespace MLNetPerson.Images.Vips;

/// <summary>A libvips image: a recipe for pixels, evaluated when they are written to memory.</summary>
internal sealed class VipsImage : SafeHandle
{
    private const int UnsignedByte = 0;   // VIPS_FORMAT_UCHAR
    private const int Srgb = 22;          // VIPS_INTERPRETATION_sRGB
    private const string ProfileField = "icc-profile-data";

    public VipsImage(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    public override bool IsInvalid => handle == 0;

    public int Width => VipsNative.vips_image_get_width(handle);

    public int Height => VipsNative.vips_image_get_height(handle);

    public int Bands => VipsNative.vips_image_get_bands(handle);

    /// <summary>EXIF orientation, 1 to 8; 1 where there is none.</summary>
    public int Orientation => VipsNative.vips_image_get_orientation(handle);

    /// <summary>Pages of a TIFF, frames of an animation; 1 for all else.</summary>
    public int Frames => VipsNative.vips_image_get_n_pages(handle);

    public bool HasAlpha => VipsNative.vips_image_hasalpha(handle) != 0;

    /// <summary>The embedded colour profile; empty where there is none. Valid while the image lives.</summary>
    public unsafe ReadOnlySpan<byte> ColourProfile =>
        VipsNative.vips_image_get_typeof(handle, ProfileField) != 0 && VipsNative.vips_image_get_blob(handle, ProfileField, out var data, out var length) == 0
            ? new ReadOnlySpan<byte>((void*)data, (int)length) : [];

    public bool IsByteSrgb => VipsNative.vips_image_get_format(handle) == UnsignedByte && VipsNative.vips_image_get_interpretation(handle) == Srgb;

    /// <summary>Wraps pixels without copying; they must stay pinned until the last image made from this one is disposed.</summary>
    public static unsafe VipsImage OverPixels(byte* pixels, int width, int height, int bands)
    {
        var length = (nuint)width * (nuint)height * (nuint)bands;
        var image = VipsNative.vips_image_new_from_memory(pixels, length, width, height, bands, UnsignedByte);
        return image == 0 ? throw new VipsException(VipsError.Take()) : new VipsImage(image);
    }

    /// <summary>Evaluates the image into <paramref name="destination"/>: [height, width, bands] bytes, which must fit exactly.</summary>
    public unsafe void WriteTo(Span<byte> destination)
    {
        var pixels = VipsNative.vips_image_write_to_memory(handle, out var length);
        if (pixels == 0)
        {
            throw new VipsException(VipsError.Take());
        }

        try
        {
            if (length != (nuint)destination.Length)
            {
                throw new VipsException($"{Width} x {Height} x {Bands} pixels came out where {destination.Length} bytes were asked for");
            }

            new ReadOnlySpan<byte>((void*)pixels, destination.Length).CopyTo(destination);
        }
        finally
        {
            VipsNative.g_free(pixels);
        }
    }

    protected override bool ReleaseHandle()
    {
        VipsNative.g_object_unref(handle);
        return true;
    }
}
