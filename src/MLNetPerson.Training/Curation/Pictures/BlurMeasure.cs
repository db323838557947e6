namespace MLNetPerson.Training.Curation.Pictures;

/// <summary>
/// How much a picture's neighbouring pixels would still differ if it were blurred once more: a sharp picture loses much, a blurred
/// one has nothing left to lose.
/// </summary>
/// <remarks>
/// F. Crete, T. Dolmiere, P. Ladret, M. Nicolas, The blur effect: perception and estimation with a new no-reference perceptual blur
/// metric, Human Vision and Electronic Imaging XII (2007). Pinned against the formula typed out by PictureMeterTests.
/// </remarks>
public static class BlurMeasure
{
    /// <summary>Length of the mean filter, in pixels: the paper's.</summary>
    private const int Length = 9;

    /// <summary>0 sharp to 1 blurred; 1 where no two neighbours differ.</summary>
    /// <param name="grey">[height, width] bytes.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static double Of(ReadOnlySpan<byte> grey, int width, int height) =>
        Math.Max(Along(grey, width, height, 1, width), Along(grey, height, width, width, 1));

    /// <param name="grey">All pixels.</param>
    /// <param name="length">Pixels in a line.</param>
    /// <param name="lines">Lines.</param>
    /// <param name="step">From a pixel to the next in its line.</param>
    /// <param name="toNext">From a line to the next.</param>
    private static double Along(ReadOnlySpan<byte> grey, int length, int lines, int step, int toNext)
    {
        // Differences of the blurred line need no blurred line: two neighbouring means differ by their ends.
        const int Half = Length / 2;
        long sharp = 0, lost = 0;   // both × Length
        for (var line = 0; line < lines; line++)
        {
            var start = line * toNext;
            for (var i = 1; i < length; i++)
            {
                var before = Math.Abs(grey[start + (i * step)] - grey[start + ((i - 1) * step)]) * Length;
                var after = Math.Abs(grey[start + (Math.Min(i + Half, length - 1) * step)] - grey[start + (Math.Max(i - 1 - Half, 0) * step)]);
                sharp += before;
                lost += Math.Max(0, before - after);
            }
        }

        return sharp == 0 ? 1 : (double)(sharp - lost) / sharp;
    }
}
