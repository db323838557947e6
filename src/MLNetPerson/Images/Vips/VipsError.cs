using System.Runtime.InteropServices;

namespace MLNetPerson.Images.Vips;

/// <summary>libvips' one error text per process, and how to read it when many threads decode.</summary>
internal static class VipsError
{
    /// <summary>Whether there is any text: a failure's, or a remark of a decoder that went on.</summary>
    public static unsafe bool IsPending => *(byte*)VipsNative.vips_error_buffer() != 0;

    /// <summary>Copies and clears the text. Another thread's failure may be mixed in: see <see cref="VipsGate"/>.</summary>
    public static string Take()
    {
        var copy = VipsNative.vips_error_buffer_copy();
        var text = Marshal.PtrToStringUTF8(copy) ?? "";
        VipsNative.g_free(copy);
        return string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct());
    }
}
