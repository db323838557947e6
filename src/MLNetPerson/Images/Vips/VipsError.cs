using System.Runtime.InteropServices;

namespace MLNetPerson.Images.Vips;

/// <summary>libvips' one error text per process, and how to read it when many threads decode.</summary>
internal static class VipsError
{
    /// <summary>Whether there is any text: a failure's, or a remark of a decoder that went on.</summary>
    public static unsafe bool IsPending => *(byte*)VipsNative.vips_error_buffer() != 0;

    /// <summary>The text of a failure on this thread. Empty while other threads decode: then the text may be theirs, and taking it would
    /// clear a remark that another thread has yet to see. <see cref="VipsGate"/> repeats the work alone.</summary>
    public static string OfThisThread() => VipsGate.IsAlone ? Take() : "";

    /// <summary>Copies and clears the text. Only for a thread that is alone in libvips.</summary>
    public static string Take()
    {
        var copy = VipsNative.vips_error_buffer_copy();
        var text = Marshal.PtrToStringUTF8(copy) ?? "";
        VipsNative.g_free(copy);
        return string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct());
    }
}
