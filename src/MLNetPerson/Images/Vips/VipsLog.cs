using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MLNetPerson.Images.Vips;

/// <summary>
/// The warnings that libvips logs on the calling thread. libtiff and libjpeg tell of pixels that they could not decode as warnings, and
/// libvips only logs those. Decoding happens on the thread that fetches pixels, so the thread attributes a warning to its picture.
/// </summary>
internal static class VipsLog
{
    private const int MostMessages = 64;

    [ThreadStatic]
    private static List<string>? _messages;

    /// <summary>The warnings since <see cref="Clear"/>, oldest first; at most 64.</summary>
    public static IReadOnlyList<string> Messages => _messages ?? (IReadOnlyList<string>)[];

    public static void Clear() => _messages?.Clear();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void Take(nint domain, int level, nint message, nint data)
    {
        var messages = _messages ??= [];
        if (messages.Count < MostMessages)
        {
            messages.Add(Marshal.PtrToStringUTF8(message) ?? "");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void Ignore(nint domain, int level, nint message, nint data) { }
}
