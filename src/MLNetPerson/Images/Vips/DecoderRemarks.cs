using System.Text.RegularExpressions;

namespace MLNetPerson.Images.Vips;

/// <summary>
/// Decides which remarks of a decoder that went on mean that pixels are guesses. libjpeg and libtiff replace what they cannot decode by grey,
/// black or the row above, write a remark, and report success.
/// </summary>
/// <remarks>
/// Texts: libjpeg's jerror.h (JWRN_…), libtiff's tif_lzw.c. libjpeg's warnings about file structure leave every pixel as it was encoded;
/// all others are damage.
/// </remarks>
internal static partial class DecoderRemarks
{
    /// <summary>Remarks that leave all pixels as they were encoded.</summary>
    private static readonly string[] Harmless =
    [
        "Unknown Adobe color transform code",
        "Warning: unknown JFIF revision number",
        "Invalid SOS parameters for sequential JPEG",
        "Corrupt JPEG data: bad ICC marker",
        // Bytes between the last coded block and the end marker: padding that some cameras write.
        "extraneous bytes before marker 0xd9",
    ];

    /// <summary>Compression of old writers, decoded without loss.</summary>
    private const string OldLzw = "Old-style LZW codes";

    /// <summary>The damage that the process-wide error text tells of after a decode that succeeded, or null.</summary>
    /// <param name="errors">libvips' error text, one remark for each "; ".</param>
    /// <param name="log">The thread's log. libvips keeps only the first remark of a JPEG and logs how many there were.</param>
    public static string? DamageInErrors(string errors, IReadOnlyList<string> log)
    {
        if (errors.Length == 0)
        {
            return null;
        }

        var remarks = errors.Split("; ");
        var harmful = Array.Find(remarks, remark => !Array.Exists(Harmless, harmless => remark.Contains(harmless, StringComparison.Ordinal)));
        var count = log.Select(message => JpegWarnings().Match(message)).Where(match => match.Success).Select(Count).DefaultIfEmpty(0).Max();
        return harmful ?? (count > remarks.Length ? $"{count} decoder warnings, the first: {remarks[0]}" : null);
    }

    /// <summary>The damage that a TIFF's warnings tell of, or null.</summary>
    /// <param name="header">Warnings while the directory was read: about tags, harmless for pixels.</param>
    /// <param name="pixels">Warnings while pixels were decoded; the directory's come again.</param>
    public static string? DamageInTiffLog(IReadOnlyCollection<string> header, IEnumerable<string> pixels) =>
        pixels.FirstOrDefault(message =>
            !header.Contains(message)
            && !message.Contains(OldLzw, StringComparison.Ordinal)
            && !message.Contains("profile", StringComparison.OrdinalIgnoreCase)
            && !Array.Exists(Harmless, harmless => message.Contains(harmless, StringComparison.Ordinal))
        );

    private static int Count(Match match) => int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^read gave (\d{1,6}) warnings$")]
    private static partial Regex JpegWarnings();
}
