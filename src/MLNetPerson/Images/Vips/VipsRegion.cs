namespace MLNetPerson.Images.Vips;

/// <summary>
/// A window onto an image, computed where it is asked for, on the calling thread. libvips' own sinks start a worker even when one
/// thread is all they may use, and with a picture on every core the hand-overs cost a third of the throughput.
/// </summary>
internal sealed class VipsRegion : IDisposable
{
    private nint _handle;

    public VipsRegion(VipsImage image)
    {
        _handle = VipsNative.vips_region_new(image.DangerousGetHandle());
        if (_handle == 0)
        {
            throw new VipsException(VipsError.OfThisThread());
        }
    }

    /// <summary>Computes a rectangle and writes it as RGB rows.</summary>
    /// <param name="left">First column.</param>
    /// <param name="top">First row.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="bands">Of the image: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA, 8 bits each.</param>
    /// <param name="rgb">[height, width, 3]; may be longer.</param>
    public unsafe void Fetch(int left, int top, int width, int height, int bands, Span<byte> rgb)
    {
        var pixels = VipsNative.vips_region_fetch(_handle, left, top, width, height, out var length);
        if (pixels == 0)
        {
            throw new VipsException(VipsError.OfThisThread());
        }

        try
        {
            if (bands is < 1 or > 4 || length != (nuint)width * (nuint)height * (nuint)bands)
            {
                throw new VipsException($"{width} x {height} pixels of {bands} channels came out as {length} bytes");
            }

            RgbRows.Convert(new ReadOnlySpan<byte>((void*)pixels, (int)length), bands, rgb);
        }
        finally
        {
            VipsNative.g_free(pixels);
        }
    }

    public void Dispose()
    {
        if (_handle != 0)
        {
            VipsNative.g_object_unref(_handle);
            _handle = 0;
        }
    }
}
