using System.Text.Json.Serialization;

namespace MLNetPerson.Images;

/// <summary>What a model reads: the size in pixels, and how a picture gets there.</summary>
/// <param name="Width">Pixels, 1 to 4096.</param>
/// <param name="Height">Pixels, 1 to 4096.</param>
/// <param name="Resize">How other shapes are fitted in.</param>
public readonly record struct ImageSpec(int Width, int Height, ResizeKind Resize = ResizeKind.Squash)
{
    /// <summary>The largest side that is accepted; beyond it a typing error is likelier than a model.</summary>
    public const int MaxSide = 4096;

    /// <summary>Bytes of one picture: height × width × 3.</summary>
    [JsonIgnore]
    public int ByteCount => Width * Height * 3;

    /// <summary>Says what is wrong with the values, or null.</summary>
    public string? Fault() =>
        Width is < 1 or > MaxSide || Height is < 1 or > MaxSide ? $"input size {Width} x {Height} is outside 1 to {MaxSide} pixels a side"
        : !Enum.IsDefined(Resize) ? $"resize kind {(int)Resize} is none of {string.Join(", ", Enum.GetNames<ResizeKind>())}"
        : null;

    /// <summary>How much of what a model sees a box in a picture fills: after cropping, squashing or padding. Range [0, 1].</summary>
    /// <param name="width">The picture's, in pixels.</param>
    /// <param name="height">The picture's, in pixels.</param>
    /// <param name="left">The box's left edge, in the picture's pixels. What stands over the picture counts for nothing.</param>
    /// <param name="top">The box's upper edge.</param>
    /// <param name="boxWidth">The box's width.</param>
    /// <param name="boxHeight">The box's height.</param>
    public double Coverage(int width, int height, double left, double top, double boxWidth, double boxHeight)
    {
        var plan = ResizePlan.For(width, height, this);
        var seenWidth = Math.Min(left + boxWidth, plan.CropLeft + plan.CropWidth) - Math.Max(left, plan.CropLeft);
        var seenHeight = Math.Min(top + boxHeight, plan.CropTop + plan.CropHeight) - Math.Max(top, plan.CropTop);
        return seenWidth <= 0 || seenHeight <= 0
            ? 0
            : seenWidth / plan.CropWidth * (seenHeight / plan.CropHeight) * ((double)plan.Width * plan.Height / ((double)Width * Height));
    }

    /// <summary>For example "224 x 224 squash".</summary>
    public override string ToString() => $"{Width} x {Height} {Resize.ToString().ToLowerInvariant()}";
}
