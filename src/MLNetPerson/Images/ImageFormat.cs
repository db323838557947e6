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

    /// <summary>TIFF; the first page.</summary>
    Tiff,

    /// <summary>Windows bitmap.</summary>
    Bmp,
}
