namespace MLNetPerson.Training.Curation.Pictures;

/// <summary>Grey from colour.</summary>
internal static class GreyPixels
{
    /// <summary>Luma of ITU-R BT.601, as JPEG has it: 0.299 R + 0.587 G + 0.114 B, rounded.</summary>
    /// <param name="rgb">[pixels, 3] bytes.</param>
    public static byte[] Of(ReadOnlySpan<byte> rgb)
    {
        var grey = new byte[rgb.Length / 3];
        for (var i = 0; i < grey.Length; i++)
        {
            // The weights times 2^16; they sum to it.
            grey[i] = (byte)(((rgb[i * 3] * 19595) + (rgb[(i * 3) + 1] * 38470) + (rgb[(i * 3) + 2] * 7471) + 32768) >> 16);
        }

        return grey;
    }

    public static (double Mean, double Deviation) MeanAndDeviation(ReadOnlySpan<byte> grey)
    {
        long sum = 0,
            squares = 0;
        foreach (var value in grey)
        {
            sum += value;
            squares += value * value;
        }

        var mean = (double)sum / grey.Length;
        return (mean, Math.Sqrt(Math.Max(0, ((double)squares / grey.Length) - (mean * mean))));
    }
}
