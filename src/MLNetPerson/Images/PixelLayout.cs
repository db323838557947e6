namespace MLNetPerson.Images;

/// <summary>How cameras lay pixels out in memory. In brackets ffmpeg's name.</summary>
public enum PixelFormat
{
    /// <summary>Three bytes a pixel: red, green, blue (rgb24).</summary>
    Rgb24,

    /// <summary>Three bytes a pixel: blue, green, red (bgr24); what OpenCV and Windows bitmaps hold.</summary>
    Bgr24,

    /// <summary>Four bytes a pixel: blue, green, red and one that is passed over (bgra, bgr0).</summary>
    Bgra32,

    /// <summary>A plane of brightness, then one of interleaved blue and red differences for each 2 × 2 pixels (nv12).</summary>
    Nv12,

    /// <summary>A plane of brightness, then one of blue and one of red differences for each 2 × 2 pixels (yuv420p).</summary>
    I420,

    /// <summary>Four bytes for two pixels: brightness, blue difference, brightness, red difference (yuyv422, YUY2).</summary>
    Yuyv,
}

/// <summary>Where the pixels of a frame lie.</summary>
/// <param name="Format">What the bytes are.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Stride">Bytes from one row to the next, of the brightness plane in <see cref="PixelFormat.Nv12"/> and
/// <see cref="PixelFormat.I420"/>; 0 for rows without padding. Chroma rows of NV12 have the same stride, those of I420 half of it,
/// rounded up, as libcamera and V4L2 have it.</param>
public readonly record struct PixelLayout(PixelFormat Format, int Width, int Height, int Stride = 0)
{
    /// <summary>Bytes of one row's pixels in the first plane, without padding.</summary>
    public int RowBytes =>
        Format switch
        {
            PixelFormat.Rgb24 or PixelFormat.Bgr24 => checked(Width * 3),
            PixelFormat.Bgra32 => checked(Width * 4),
            PixelFormat.Yuyv => checked((Width + 1) / 2 * 4),
            _ => Width,
        };

    /// <summary>Bytes from one row to the next in the first plane.</summary>
    public int RowStride => Stride == 0 ? DefaultStride : Stride;

    /// <summary>Bytes of a whole frame, the last row's padding included.</summary>
    public int ByteCount =>
        checked(
            (RowStride * Height)
            + Format switch
            {
                PixelFormat.Nv12 => RowStride * ChromaHeight,
                PixelFormat.I420 => 2 * ChromaStride * ChromaHeight,
                _ => 0,
            }
        );

    /// <summary>Rows of a chroma plane: half as many as pixels, rounded up.</summary>
    internal int ChromaHeight => (Height + 1) / 2;

    /// <summary>Bytes from one row to the next in a chroma plane of I420.</summary>
    internal int ChromaStride => (RowStride + 1) / 2;

    // NV12's interleaved pairs need an even row.
    private int DefaultStride => Format == PixelFormat.Nv12 ? (Width + 1) / 2 * 2 : RowBytes;

    /// <summary>What is wrong with the values, or null.</summary>
    public string? Fault()
    {
        if (Width < 1 || Height < 1 || (long)Width * Height * 4 > Array.MaxLength)
        {
            return $"frames of {Width} x {Height} pixels: a side is at least 1, and four bytes a pixel fit {Array.MaxLength} bytes";
        }

        return !Enum.IsDefined(Format) ? $"{(int)Format} is no pixel format"
            : Stride != 0 && Stride < DefaultStride
                ? $"rows of {Stride} bytes: {Width} pixels of {Format.ToString().ToLowerInvariant()} take {DefaultStride}"
            : (long)RowStride * Height * 2 > Array.MaxLength ? $"rows of {Stride} bytes: a frame would be over {Array.MaxLength} bytes"
            : null;
    }
}
