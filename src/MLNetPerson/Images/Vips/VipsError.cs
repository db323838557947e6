using System.Runtime.InteropServices;

namespace MLNetPerson.Images.Vips;

/// <summary>libvips' one error text per process, and how to read it when many threads decode.</summary>
internal static class VipsError
{
    /// <summary>Copies and clears the text. Another thread's failure may be mixed in: see <see cref="VipsGate"/>.</summary>
    public static string Take()
    {
        var copy = VipsNative.vips_error_buffer_copy();
        var text = Marshal.PtrToStringUTF8(copy) ?? "";
        VipsNative.g_free(copy);
        return string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct());
    }
}
