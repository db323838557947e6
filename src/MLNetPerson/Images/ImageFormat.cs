namespace MLNetPerson.Images;

/// <summary>The picture formats that are decoded, told by content, never by file name.</summary>
public enum ImageFormat
{
    /// <summary>JPEG, baseline or progressive; grey, RGB or CMYK.</summary>
    Jpeg,

    /// <summary>PNG, any bit depth.</summary>
    Png,

    /// <summary>WebP, lossy or lossless.</summary>
    WebP,

    /// <summary>GIF; the first frame.</summary>
    Gif,

    /// <summary>TIFF and BigTIFF; the first page. Grey, palette, RGB, CMYK or CIE L*a*b* in whole numbers of up to 16 bits.</summary>
    Tiff,

    /// <summary>Windows bitmap.</summary>
    Bmp,

    /// <summary>HEIF: AVIF where libvips has an AV1 decoder, as NuGet's builds have; HEIC only where it has one for HEVC.</summary>
    Heif,
}
