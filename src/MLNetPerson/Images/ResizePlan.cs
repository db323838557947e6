namespace MLNetPerson.Images;

/// <summary>Which part of a picture goes where in a model's input. All in whole pixels, so that anyone can do the same.</summary>
/// <param name="CropLeft">First column of the picture that is used.</param>
/// <param name="CropTop">First row of the picture that is used.</param>
/// <param name="CropWidth">Columns used.</param>
/// <param name="CropHeight">Rows used.</param>
/// <param name="Left">First column of the input that is filled.</param>
/// <param name="Top">First row of the input that is filled.</param>
/// <param name="Width">Columns filled.</param>
/// <param name="Height">Rows filled.</param>
internal readonly record struct ResizePlan(
    int CropLeft,
    int CropTop,
    int CropWidth,
    int CropHeight,
    int Left,
    int Top,
    int Width,
    int Height
)
{
    public static ResizePlan For(int width, int height, ImageSpec spec)
    {
        if (spec.Resize == ResizeKind.Squash)
        {
            return new ResizePlan(0, 0, width, height, 0, 0, spec.Width, spec.Height);
        }

        // Products instead of quotients: no rounding decides which side is the longer one.
        var wider = (long)width * spec.Height > (long)height * spec.Width;
        if (spec.Resize == ResizeKind.CenterCrop)
        {
            var cropWidth = wider ? Scale(height, spec.Width, spec.Height, width) : width;
            var cropHeight = wider ? height : Scale(width, spec.Height, spec.Width, height);
            return new ResizePlan((width - cropWidth) / 2, (height - cropHeight) / 2, cropWidth, cropHeight, 0, 0, spec.Width, spec.Height);
        }

        var fitWidth = wider ? spec.Width : Scale(spec.Height, width, height, spec.Width);
        var fitHeight = wider ? Scale(spec.Width, height, width, spec.Height) : spec.Height;
        return new ResizePlan(0, 0, width, height, (spec.Width - fitWidth) / 2, (spec.Height - fitHeight) / 2, fitWidth, fitHeight);
    }

    /// <summary>value · numerator / denominator, rounded half up, within 1 and <paramref name="most"/>.</summary>
    private static int Scale(int value, int numerator, int denominator, int most) =>
        (int)Math.Clamp(((2L * value * numerator) + denominator) / (2L * denominator), 1, most);
}
