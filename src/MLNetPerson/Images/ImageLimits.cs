namespace MLNetPerson.Images;

/// <summary>What a picture may ask for; checked on its header, before a pixel is decoded.</summary>
public sealed record ImageLimits
{
    /// <summary>Width times height. Range [1, 536870911], so that four bytes a pixel fit an array. The default, 50 megapixels, lets any
    /// phone's pictures pass.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>Size of the encoded picture in bytes. Range [1, 2147483647].</summary>
    public long MaxBytes { get; init; } = 100_000_000;

    /// <summary>Frames of an animation or pages of a TIFF, of which only the first is decoded. Range [1, ∞).</summary>
    public int MaxFrames { get; init; } = 1_000;

    /// <summary>Says what is wrong with the values, or null.</summary>
    public string? Fault() =>
        MaxPixels is < 1 or > int.MaxValue / 4 ? $"{nameof(MaxPixels)} is {MaxPixels}, outside 1 to {int.MaxValue / 4}"
        : MaxBytes is < 1 or > int.MaxValue ? $"{nameof(MaxBytes)} is {MaxBytes}, outside 1 to {int.MaxValue}"
        : MaxFrames < 1 ? $"{nameof(MaxFrames)} is {MaxFrames}, below 1"
        : null;
}
