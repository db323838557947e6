using System.Text.RegularExpressions;

namespace MLNetPerson.Images.Vips;

/// <summary>
/// Decides which remarks of a decoder that went on mean that pixels are guesses. libjpeg and libtiff replace what they cannot decode by
/// grey, black or the row above, write a remark, and report success.
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
    ];

    /// <summary>
    /// Bytes between segments that belong to none, before a segment of tables, application data or comments (DQT, DHT is not among them: a
    /// progressive picture has it between scans, where such bytes are the rest of a damaged scan), the frame header: padding
    /// and slips of editors, which touch no pixel.
    /// </summary>
    [GeneratedRegex("extraneous bytes before marker 0x(db|e[0-9a-f]|c[0-2]|fe)")]
    private static partial Regex HarmlessBytes();

    /// <summary>Bytes between the last coded block and the end marker: padding, or the rest of coded data that went astray.</summary>
    [GeneratedRegex("([0-9]{1,9}) extraneous bytes before marker 0xd9")]
    private static partial Regex BytesBeforeEnd();

    /// <summary>libheif asks for the end of a file by seeking; libvips writes to the error text where that is beyond it, and reports the
    /// length.</summary>
    private const string HeifSeek = "source: bad seek to ";

    /// <summary>Texts of decoders that meet a kind that they, or this build of them, do not decode.</summary>
    private static readonly string[] UnreadKinds =
    [
        "not configured",
        "not supported",
        "unsupported",
        "not implemented",
        "not a whole number of bytes",
        "bad labq format",
        "samples out of range", // 64-bit floating point TIFF
    ];

    /// <summary>Whether an error says that a kind of picture is not decoded, rather than that this one is damaged.</summary>
    public static bool IsUnreadKind(string error) =>
        Array.Exists(UnreadKinds, kind => error.Contains(kind, StringComparison.OrdinalIgnoreCase));

    /// <summary>Compression of old writers, decoded without loss.</summary>
    private const string OldLzw = "Old-style LZW codes";

    /// <summary>What libvips says of a PNG that libpng refused; the reason is in the log.</summary>
    private const string PngFailed = "vipspng: libpng read error";

    /// <summary>The reason of a failure: the thread's log where the error text is empty or says nothing, and no remarks that go with every
    /// file of the format. Null where the text is the reason.</summary>
    public static string? Reason(string error, IReadOnlyList<string> log)
    {
        string[] remarks = error.Split("; ");
        string[] telling = [.. remarks.Where(remark => !remark.StartsWith(HeifSeek, StringComparison.Ordinal))];
        return telling.Length > 0 && telling.Length < remarks.Length ? string.Join("; ", telling)
            : error is not ("" or PngFailed) || log.Count == 0 ? null
            : error.Length == 0 ? log[0]
            : $"{error}: {log[0]}";
    }

    /// <summary>The damage that the process-wide error text tells of after a decode that succeeded, or null.</summary>
    /// <param name="errors">libvips' error text, one remark for each "; ".</param>
    /// <param name="log">The thread's log. libvips keeps only the first remark of a JPEG and logs how many there were.</param>
    /// <param name="format">Whose decoder it was.</param>
    /// <param name="isPadding">Whether so many bytes before a JPEG's end marker hold nothing.</param>
    public static string? DamageInErrors(string errors, IReadOnlyList<string> log, ImageFormat? format, Func<int, bool>? isPadding)
    {
        if (errors.Length == 0)
        {
            return null;
        }

        var remarks = errors.Split("; ");
        var harmful = Array.Find(remarks, remark => !IsHarmless(remark, format) && !IsHarmlessEnd(remark, isPadding));
        var count = log.Select(message => JpegWarnings().Match(message))
            .Where(match => match.Success)
            .Select(Count)
            .DefaultIfEmpty(0)
            .Max();
        return harmful ?? (count > 1 && count > remarks.Length ? $"{count} decoder warnings, the first: {remarks[0]}" : null);
    }

    /// <summary>The damage that a TIFF's warnings tell of, or null.</summary>
    /// <param name="header">Warnings while the directory was read: about tags, harmless for pixels.</param>
    /// <param name="pixels">Warnings while pixels were decoded; the directory's come again.</param>
    public static string? DamageInTiffLog(IReadOnlyCollection<string> header, IEnumerable<string> pixels) =>
        pixels.FirstOrDefault(message =>
            !header.Contains(message)
            && !message.Contains(OldLzw, StringComparison.Ordinal)
            && !message.Contains("profile", StringComparison.OrdinalIgnoreCase)
            && !IsHarmless(message, ImageFormat.Tiff)
        );

    private static bool IsHarmless(string remark, ImageFormat? format) =>
        Array.Exists(Harmless, harmless => remark.Contains(harmless, StringComparison.Ordinal))
        || HarmlessBytes().IsMatch(remark)
        || (format == ImageFormat.Heif && remark.StartsWith(HeifSeek, StringComparison.Ordinal));

    private static bool IsHarmlessEnd(string remark, Func<int, bool>? isPadding) =>
        isPadding is not null && BytesBeforeEnd().Match(remark) is { Success: true } match && isPadding(Count(match));

    private static int Count(Match match) => int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^read gave (\d{1,6}) warnings$")]
    private static partial Regex JpegWarnings();
}
