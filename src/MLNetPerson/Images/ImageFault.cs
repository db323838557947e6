namespace MLNetPerson.Images;

/// <summary>Why a picture was refused: a closed list, so that a caller can count.</summary>
public enum ImageFault
{
    /// <summary>The file could not be opened or read.</summary>
    Unreadable,

    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>More bytes than <see cref="ImageLimits.MaxBytes"/>.</summary>
    TooManyBytes,

    /// <summary>Not the beginning of any format that is decoded.</summary>
    UnknownFormat,

    /// <summary>More pixels than <see cref="ImageLimits.MaxPixels"/>.</summary>
    TooManyPixels,

    /// <summary>More frames than <see cref="ImageLimits.MaxFrames"/>.</summary>
    TooManyFrames,

    /// <summary>A known format whose content is cut short or damaged.</summary>
    Damaged,

    /// <summary>A known format, perhaps whole, of a kind that is not read: floating point TIFF, HEIC without a decoder.</summary>
    UnsupportedKind,
}
