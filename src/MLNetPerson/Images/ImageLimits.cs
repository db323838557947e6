namespace MLNetPerson.Images;

/// <summary>
/// What a picture may ask for; checked on its header, before a pixel is decoded. The defaults let the pictures of any phone pass. A program
/// can set other defaults once, by the runtime's settings named after the properties, <c>MLNetPerson.MaxPixels</c> say: in
/// <c>runtimeconfig.template.json</c>, or by <see cref="AppContext.SetData"/>. The command line has options for them.
/// </summary>
public sealed record ImageLimits
{
    private const string Settings = "MLNetPerson.";

    /// <summary>Width times height. Range [1, 536870911], so that four bytes a pixel fit an array. The default, 250 megapixels, lets
    /// pictures
    /// of 200-megapixel phones pass: their JPEG is shrunk while it is decoded and given row by row.</summary>
    public long MaxPixels { get; init; } = Default(nameof(MaxPixels), 250_000_000);

    /// <summary>Width times height of pictures that a decoder holds whole in memory, at up to 6 bytes a pixel: WebP, GIF, BMP, AVIF, HEIC,
    /// progressive JPEG and interlaced PNG. Range [1, 536870911]. The default, 120 megapixels, bounds one decoder to about 700
    /// MB.</summary>
    public long MaxPixelsHeld { get; init; } = Default(nameof(MaxPixelsHeld), 120_000_000);

    /// <summary>Size of the encoded picture in bytes. Range [1, 2147483647].</summary>
    public long MaxBytes { get; init; } = Default(nameof(MaxBytes), 100_000_000);

    /// <summary>Frames of an animation or pages of a TIFF, of which only the first is decoded. Range [1, ∞).</summary>
    public int MaxFrames { get; init; } = (int)Math.Min(int.MaxValue, Default(nameof(MaxFrames), 1_000));

    /// <summary>Says what is wrong with the values, or null.</summary>
    public string? Fault() =>
        MaxPixels is < 1 or > int.MaxValue / 4 ? $"{nameof(MaxPixels)} is {MaxPixels}, outside 1 to {int.MaxValue / 4}"
        : MaxPixelsHeld is < 1 or > int.MaxValue / 4 ? $"{nameof(MaxPixelsHeld)} is {MaxPixelsHeld}, outside 1 to {int.MaxValue / 4}"
        : MaxBytes is < 1 or > int.MaxValue ? $"{nameof(MaxBytes)} is {MaxBytes}, outside 1 to {int.MaxValue}"
        : MaxFrames < 1 ? $"{nameof(MaxFrames)} is {MaxFrames}, below 1"
        : null;

    private static long Default(string limit, long otherwise) =>
        AppContext.GetData(Settings + limit) switch
        {
            long value => value,
            int value => value,
            string text
                when long.TryParse(
                    text,
                    System.Globalization.NumberStyles.None,
                    System.Globalization.CultureInfo.InvariantCulture,
                    out var value
                ) => value,
            null => otherwise,
            var other => throw new InvalidOperationException($"The runtime setting {Settings}{limit} is '{other}', not a whole number."),
        };
}
