namespace MLNetPerson.Images.Vips;

/// <summary>One libvips operation by name: set its arguments, build it once, take its output.</summary>
internal sealed class VipsOperation : IDisposable
{
    private readonly string _name;
    private nint _handle;

    public VipsOperation(string name)
    {
        _name = name;
        _handle = VipsNative.vips_operation_new(name);
        if (_handle == 0)
        {
            throw new VipsException($"this libvips has no operation '{name}'");
        }
    }

    public VipsOperation With(string argument, string value) =>
        VipsNative.vips_object_set_argument_from_string(_handle, argument, value) == 0
            ? this
            : throw new VipsException($"{_name}: {argument}={value}: {VipsError.OfThisThread()}");

    public VipsOperation With(string argument, int value) =>
        With(argument, value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public VipsOperation With(string argument, VipsImage image)
    {
        var value = default(GValue);
        _ = VipsNative.g_value_init(ref value, VipsNative.vips_image_get_type());
        VipsNative.g_value_set_object(ref value, image.DangerousGetHandle());
        VipsNative.g_object_set_property(_handle, argument, value);
        VipsNative.g_value_unset(ref value);
        return this;
    }

    /// <summary>Hands over bytes without copying; they must stay pinned until everything made from them is disposed.</summary>
    public unsafe VipsOperation With(string argument, byte* bytes, int length)
    {
        var blob = VipsNative.vips_blob_new(0, bytes, (nuint)length);
        var value = default(GValue);
        _ = VipsNative.g_value_init(ref value, VipsNative.vips_blob_get_type());
        VipsNative.g_value_set_boxed(ref value, blob);
        VipsNative.g_object_set_property(_handle, argument, value);
        VipsNative.g_value_unset(ref value);
        VipsNative.vips_area_unref(blob);
        return this;
    }

    /// <summary>Builds the operation and returns its image <c>out</c>. Pixels are computed later, when the image is written.</summary>
    public VipsImage BuildImage()
    {
        Build();
        var value = default(GValue);
        _ = VipsNative.g_value_init(ref value, VipsNative.vips_image_get_type());
        VipsNative.g_object_get_property(_handle, "out", ref value);
        var image = VipsNative.g_object_ref(VipsNative.g_value_get_object(value));
        VipsNative.g_value_unset(ref value);
        return new VipsImage(image);
    }

    /// <summary>Builds an operation that saves to its output <c>buffer</c>, and returns those bytes.</summary>
    public unsafe byte[] BuildBuffer()
    {
        Build();
        var value = default(GValue);
        _ = VipsNative.g_value_init(ref value, VipsNative.vips_blob_get_type());
        VipsNative.g_object_get_property(_handle, "buffer", ref value);
        var data = VipsNative.vips_blob_get(VipsNative.g_value_get_boxed(value), out var length);
        var bytes = new ReadOnlySpan<byte>((void*)data, checked((int)length)).ToArray();
        VipsNative.g_value_unset(ref value);
        return bytes;
    }

    public void Dispose()
    {
        if (_handle != 0)
        {
            VipsNative.vips_object_unref_outputs(_handle);
            VipsNative.g_object_unref(_handle);
            _handle = 0;
        }
    }

    private void Build()
    {
        var built = VipsNative.vips_cache_operation_build(_handle);
        if (built == 0)
        {
            throw new VipsException(VipsError.OfThisThread());
        }

        VipsNative.g_object_unref(_handle); // the build returned a reference of its own
        _handle = built;
    }
}
