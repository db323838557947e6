using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNetPerson.Files;

namespace MLNetPerson.Images.Vips;

/// <summary>Finds and starts libvips, once per process.</summary>
internal static class VipsLibrary
{
    private const int AllLogLevels = -1 & ~0x3; // without the flags "recursion" and "fatal"
    private static readonly Lazy<string> Started = new(Start);

    /// <summary>libvips' version, e.g. "8.18.7". Starts the library where that has not happened.</summary>
    /// <exception cref="DllNotFoundException">No libvips on this machine; the message says where it was looked for.</exception>
    public static string Version => Started.Value;

    public static void EnsureStarted() => _ = Started.Value;

    private static unsafe string Start()
    {
        NativeLibrary.SetDllImportResolver(typeof(VipsLibrary).Assembly, Resolve);
        if (VipsNative.vips_init("mlnetperson") != 0)
        {
            throw new DllNotFoundException("libvips is here but did not start: " + VipsError.Take());
        }

        // One picture per thread is how this project works; libvips' own threads and its operation cache would only be in the way.
        VipsNative.vips_concurrency_set(1);
        VipsNative.vips_cache_set_max(0);
        // What a picture has to complain about is in the exception; stderr belongs to the application.
        _ = VipsNative.g_log_set_handler("VIPS", AllLogLevels, &Ignore, 0);
        _ = VipsNative.g_log_set_handler("GLib-GObject", AllLogLevels, &Ignore, 0);
        return $"{VipsNative.vips_version(0)}.{VipsNative.vips_version(1)}.{VipsNative.vips_version(2)}";
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Ignore(nint domain, int level, nint message, nint data) { }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        var (candidates, symbol) = name switch
        {
            VipsNative.Library => (VipsFiles(), "vips_init"),
            // Self-contained builds of libvips carry GLib inside; a distribution's build has it beside.
            VipsNative.GObject => (
                [.. VipsFiles(), "libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "libgobject-2.0-0.dll"],
                "g_object_ref"
            ),
            VipsNative.GLib => ([.. VipsFiles(), "libglib-2.0.so.0", "libglib-2.0.0.dylib", "libglib-2.0-0.dll"], "g_free"),
            _ => ((string[])[], ""),
        };
        foreach (var candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, searchPath, out var handle))
            {
                if (NativeLibrary.TryGetExport(handle, symbol, out _))
                {
                    return handle;
                }

                NativeLibrary.Free(handle);
            }
        }

        return candidates.Length == 0
            ? 0 // not ours: the runtime's own search goes on
            : throw new DllNotFoundException(
                $"libvips, which decodes the pictures, was not found (looked for {string.Join(", ", candidates)} beside the application, "
                    + "in its runtimes folder and on the system's path). Reference the NuGet package NetVips.Native.<platform>, or install "
                    + "libvips 8.15 or newer."
            );
    }

    private static string[] VipsFiles() =>
        [
            // The names in NuGet's NetVips.Native packages and in distributions; then any other build that lies beside the application.
            "libvips.so.42",
            "libvips-42.dll",
            "libvips.42.dylib",
            .. NativeFolders.Files(typeof(VipsLibrary).Assembly, "libvips*"),
        ];
}
