using System.Runtime.InteropServices;

namespace MLNetPerson.Images.Vips;

/// <summary>The functions of libvips, GObject and GLib that this project calls: all of fixed arity, hence right on x64 and arm64
/// alike.</summary>
internal static partial class VipsNative
{
    internal const string Library = "vips";
    internal const string GObject = "gobject";
    internal const string GLib = "glib";

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_init(string name);

    [LibraryImport(Library)]
    internal static partial int vips_version(int flag);

    [LibraryImport(Library)]
    internal static partial void vips_concurrency_set(int threads);

    [LibraryImport(Library)]
    internal static partial void vips_cache_set_max(int operations);

    [LibraryImport(Library)]
    internal static partial nint vips_error_buffer_copy();

    [LibraryImport(Library)]
    internal static partial void vips_error_clear();

    [LibraryImport(Library)]
    internal static partial nuint vips_blob_get_type();

    [LibraryImport(Library)]
    internal static partial nuint vips_image_get_type();

    [LibraryImport(Library)]
    internal static unsafe partial nint vips_blob_new(nint free, byte* data, nuint length);

    [LibraryImport(Library)]
    internal static partial nint vips_blob_get(nint blob, out nuint length);

    [LibraryImport(Library)]
    internal static partial void vips_area_unref(nint area);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint vips_operation_new(string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_object_set_argument_from_string(nint @object, string name, string value);

    [LibraryImport(Library)]
    internal static partial nint vips_cache_operation_build(nint operation);

    [LibraryImport(Library)]
    internal static partial void vips_object_unref_outputs(nint @object);

    [LibraryImport(Library)]
    internal static unsafe partial nint vips_image_new_from_memory(byte* data, nuint length, int width, int height, int bands, int format);

    [LibraryImport(Library)]
    internal static partial nint vips_region_new(nint image);

    [LibraryImport(Library)]
    internal static partial nint vips_region_fetch(nint region, int left, int top, int width, int height, out nuint length);

    [LibraryImport(Library)]
    internal static partial int vips_image_get_width(nint image);

    [LibraryImport(Library)]
    internal static partial int vips_image_get_height(nint image);

    [LibraryImport(Library)]
    internal static partial int vips_image_get_bands(nint image);

    [LibraryImport(Library)]
    internal static partial int vips_image_get_format(nint image);

    [LibraryImport(Library)]
    internal static partial int vips_image_get_interpretation(nint image);

    [LibraryImport(Library)]
    internal static partial int vips_image_get_orientation(nint image);

    [LibraryImport(Library)]
    internal static partial int vips_image_get_n_pages(nint image);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nuint vips_image_get_typeof(nint image, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial void vips_image_set_blob_copy(nint image, string name, byte* data, nuint length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_image_get_blob(nint image, string name, out nint data, out nuint length);

    [LibraryImport(GObject)]
    internal static partial nint g_object_ref(nint @object);

    [LibraryImport(GObject)]
    internal static partial void g_object_unref(nint @object);

    [LibraryImport(GObject, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void g_object_set_property(nint @object, string name, in GValue value);

    [LibraryImport(GObject, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void g_object_get_property(nint @object, string name, ref GValue value);

    [LibraryImport(GObject)]
    internal static partial nint g_value_init(ref GValue value, nuint type);

    [LibraryImport(GObject)]
    internal static partial void g_value_unset(ref GValue value);

    [LibraryImport(GObject)]
    internal static partial void g_value_set_object(ref GValue value, nint @object);

    [LibraryImport(GObject)]
    internal static partial nint g_value_get_object(in GValue value);

    [LibraryImport(GObject)]
    internal static partial void g_value_set_boxed(ref GValue value, nint boxed);

    [LibraryImport(GObject)]
    internal static partial nint g_value_get_boxed(in GValue value);

    [LibraryImport(GLib)]
    internal static partial void g_free(nint memory);

    [LibraryImport(GLib, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial uint g_log_set_handler(
        string domain,
        int levels,
        delegate* unmanaged[Cdecl]<nint, int, nint, nint, void> handler,
        nint data
    );
}
