using MLNetPerson.Files;
using MLNetPerson.Images.Vips;

namespace MLNetPerson.Images;

/// <summary>
/// Turns encoded pictures into upright sRGB pixels, whole or at a model's input size. Training and prediction both come
/// through here, so that a model sees the same pixels in both. Thread-safe.
/// </summary>
public sealed class ImageReader
{
    /// <summary>Raised whenever a change of this room lets other pixels out.</summary>
    private const int PixelVersion = 5;

    /// <summary>The grey around a padded picture: zero, or nearly so, after the usual normalisations.</summary>
    internal const byte PadValue = 128;

    private readonly ImageLimits _limits;

    /// <summary>A reader with the given limits, or the default ones.</summary>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    public ImageReader(ImageLimits? limits = null)
    {
        _limits = limits ?? new ImageLimits();
        if (_limits.Fault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(limits));
        }
    }

    /// <summary>
    /// Names all that decides which pixels come out but the picture and the <see cref="ImageSpec"/>: two readers of one fingerprint
    /// make the same pixels on one kind of machine. What is computed from pixels and kept is kept under it.
    /// </summary>
    /// <exception cref="DllNotFoundException">There is no libvips on this machine.</exception>
    public static string Fingerprint => $"pixels {PixelVersion}, libvips {LibraryVersion}";

    /// <summary>libvips' version. Pixels of two versions can differ by a level or two.</summary>
    /// <exception cref="DllNotFoundException">There is no libvips on this machine.</exception>
    public static string LibraryVersion => VipsLibrary.Version;

    /// <summary>Reads a file's bytes, refusing what is over the limit before reading it. A picture in a tar archive is named by where its
    /// bytes lie: <c>train-000.tar#1536+48211</c>, offset and length.</summary>
    /// <exception cref="ImageException">It cannot be read, is empty or too large.</exception>
    public byte[] ReadBytes(string path)
    {
        try
        {
            if (FilePart.TryParse(path, out var archive, out var offset, out var length))
            {
                CheckLength(length, path);
                return FilePart.Read(path, archive, offset, length);
            }

            using var file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read,
                bufferSize: 0,
                FileOptions.SequentialScan
            );
            CheckLength(file.Length, path);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ImageException(ImageFault.Unreadable, path, exception.Message, exception);
        }
    }

    /// <summary>Reads a stream to its end, refusing it once it is over the limit. The stream stays open.</summary>
    /// <exception cref="ImageException">It cannot be read, is empty or too large.</exception>
    public byte[] ReadBytes(Stream stream, string name = "stream") =>
        ReadBytes(buffer => ValueTask.FromResult(stream.Read(buffer)), name).GetAwaiter().GetResult();

    /// <summary>Like <see cref="ReadBytes(Stream, string)"/>, without holding a thread while the stream has nothing: a request's body,
    /// say.</summary>
    /// <exception cref="ImageException">It cannot be read, is empty or too large.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> asked for it.</exception>
    public Task<byte[]> ReadBytesAsync(Stream stream, string name = "stream", CancellationToken cancellation = default) =>
        ReadBytes(buffer => stream.ReadAsync(buffer, cancellation), name);

    /// <summary>Reads the header and checks the limits; decodes nothing.</summary>
    /// <param name="bytes">The encoded picture.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <exception cref="ImageException">Not a picture that can be decoded within the limits.</exception>
    public ImageHeader ReadHeader(ReadOnlySpan<byte> bytes, string name = "picture") => Open(bytes, name, spec: null, []);

    /// <summary>Decodes a picture at its own size.</summary>
    /// <exception cref="ImageException">Not a picture that can be decoded within the limits.</exception>
    public RgbImage Read(ReadOnlySpan<byte> bytes, string name = "picture")
    {
        var header = ReadHeader(bytes, name);
        var pixels = new byte[checked(header.Width * header.Height * 3)];
        Open(bytes, name, new ImageSpec(header.Width, header.Height), pixels);
        return new RgbImage(header.Width, header.Height, pixels);
    }

    /// <summary>Decodes a picture to a model's input.</summary>
    /// <param name="bytes">The encoded picture.</param>
    /// <param name="spec">The size to make, and how.</param>
    /// <param name="destination">[height, width, 3] sRGB bytes 0–255 of <paramref name="spec"/>'s size.</param>
    /// <param name="name">What to call the picture in an error.</param>
    /// <exception cref="ImageException">Not a picture that can be decoded within the limits.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length than <paramref name="spec"/> asks
    /// for.</exception>
    public void ReadResized(ReadOnlySpan<byte> bytes, ImageSpec spec, Span<byte> destination, string name = "picture")
    {
        CheckDestination(spec, destination);
        Open(bytes, name, spec, destination);
    }

    /// <summary>Brings pixels that are decoded already (a camera frame) to a model's input. Same size: a plain copy.</summary>
    /// <param name="rgb">[height, width, 3] upright sRGB bytes 0–255.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="spec">The size to make, and how.</param>
    /// <param name="destination">[height, width, 3] bytes of <paramref name="spec"/>'s size.</param>
    /// <exception cref="ArgumentException">A length disagrees with its size.</exception>
    public static void Resize(ReadOnlySpan<byte> rgb, int width, int height, ImageSpec spec, Span<byte> destination)
    {
        CheckDestination(spec, destination);
        RgbImage.CheckLength(rgb.Length, width, height, nameof(rgb));
        PixelResizer.Resize(rgb, width, height, 3, spec, destination);
    }

    /// <summary>Like <see cref="ReadBytesAsync"/>, without a last copy, for callers that bound the memory of all streams
    /// together.</summary>
    /// <param name="stream">Read to its end.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <param name="grow">Told of memory in bytes before it is taken; may throw.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal async Task<ReadOnlyMemory<byte>> ReadMemoryAsync(Stream stream, string name, Action<long> grow, CancellationToken cancellation)
    {
        using var bytes = await ReadAll(buffer => stream.ReadAsync(buffer, cancellation), name, grow).ConfigureAwait(false);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private async Task<byte[]> ReadBytes(Func<byte[], ValueTask<int>> fill, string name)
    {
        using var bytes = await ReadAll(fill, name, _ => { }).ConfigureAwait(false);
        return bytes.ToArray();
    }

    private async Task<MemoryStream> ReadAll(Func<byte[], ValueTask<int>> fill, string name, Action<long> grow)
    {
        try
        {
            var bytes = new MemoryStream();
            var buffer = new byte[1 << 16];
            for (int read; (read = await fill(buffer).ConfigureAwait(false)) > 0;)
            {
                CheckLength(bytes.Length + read, name);
                if (bytes.Length + read > bytes.Capacity)
                {
                    var capacity = (int)Math.Clamp(bytes.Capacity * 2L, buffer.Length, Math.Max(buffer.Length, _limits.MaxBytes));
                    grow(capacity - bytes.Capacity);
                    bytes.Capacity = capacity;
                }

                bytes.Write(buffer, 0, read);
            }

            CheckLength(bytes.Length, name);
            return bytes;
        }
        catch (IOException exception)
        {
            throw new ImageException(ImageFault.Unreadable, name, exception.Message, exception);
        }
    }

    /// <summary>Reads the header, checks the limits, and decodes where a size is asked for.</summary>
    private unsafe ImageHeader Open(ReadOnlySpan<byte> bytes, string name, ImageSpec? spec, Span<byte> destination)
    {
        CheckLength(bytes.Length, name);
        var format = ImageSniffer.Sniff(bytes, out var reason) ?? throw new ImageException(ImageFault.UnknownFormat, name, reason);
        if (format == ImageFormat.Bmp)
        {
            return OpenBitmap(bytes, name, spec, destination);
        }

        if (spec is not null && PictureEnd.Fault(bytes, format) is { } cut)
        {
            throw Damaged(name, cut);
        }

        var labOffset = 0;
        var lab = format == ImageFormat.Tiff ? CieLab.AsRgb(bytes, out labOffset) : null;
        fixed (byte* from = lab ?? bytes)
        fixed (byte* to = destination)
        {
            var (source, length, target, targetLength) = ((nint)from, bytes.Length, (nint)to, destination.Length);
            int? labOf = lab is null ? null : labOffset;
            return Guarded(
                name,
                format,
                () =>
                {
                    using var picture = VipsPicture.Open((byte*)source, length, format, labOf);
                    CheckHeader(picture.Header, picture.IsHeldWhole, name);
                    if (spec is { } wanted)
                    {
                        picture.ReadResized(wanted, new Span<byte>((byte*)target, targetLength));
                    }

                    return picture.Header;
                },
                count => format == ImageFormat.Jpeg && PictureEnd.IsPadding(new ReadOnlySpan<byte>((byte*)source, length), count)
            );
        }
    }

    private ImageHeader OpenBitmap(ReadOnlySpan<byte> bytes, string name, ImageSpec? spec, Span<byte> destination)
    {
        var header = BmpDecoder.ReadHeader(bytes, name);
        CheckHeader(header, isHeldWhole: true, name);
        if (spec is { } wanted)
        {
            var bitmap = BmpDecoder.Decode(bytes, name);
            PixelResizer.Resize(bitmap.Pixels, header.Width, header.Height, bitmap.Channels, wanted, destination);
        }

        return header;
    }

    private static T Guarded<T>(string name, ImageFormat format, Func<T> work, Func<int, bool> isPadding)
    {
        try
        {
            return VipsGate.Run(work, format, isPadding);
        }
        catch (VipsException exception) when (exception.IsUnsupported)
        {
            throw new ImageException(ImageFault.UnsupportedKind, name, $"{exception.Message}, or leave it out.", exception);
        }
        catch (VipsException exception) when (DecoderRemarks.IsUnreadKind(exception.Message))
        {
            throw new ImageException(
                ImageFault.UnsupportedKind,
                name,
                $"this kind of {format.ToString().ToUpperInvariant()} file is not read ({exception.Message}). Convert the picture to "
                    + $"a common kind (ImageMagick: magick IN -colorspace sRGB -depth 8 OUT.png), or leave it out.",
                exception
            );
        }
        catch (VipsException exception)
        {
            throw Damaged(name, exception.Message, exception);
        }
    }

    private static ImageException Damaged(string name, string why, Exception? inner = null) =>
        new(
            ImageFault.Damaged,
            name,
            $"the picture is cut short or damaged ({why}). Fetch it again from where it came from, or leave it out.",
            inner
        );

    private static void CheckDestination(ImageSpec spec, Span<byte> destination)
    {
        if (spec.Fault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(spec));
        }

        if (destination.Length != spec.ByteCount)
        {
            throw new ArgumentException(
                $"{destination.Length} bytes were given for a picture of {spec}, which takes {spec.ByteCount}.",
                nameof(destination)
            );
        }
    }

    private void CheckHeader(ImageHeader header, bool isHeldWhole, string name)
    {
        var pixels = (long)header.Width * header.Height;
        if (pixels > _limits.MaxPixels)
        {
            throw new ImageException(
                ImageFault.TooManyPixels,
                name,
                $"{header.Width} x {header.Height} pixels are over the limit of {_limits.MaxPixels:N0}. Shrink the picture, or raise "
                    + $"{Limit(nameof(ImageLimits.MaxPixels), "--max-pixels")}."
            );
        }

        if (isHeldWhole && pixels > _limits.MaxPixelsHeld)
        {
            throw new ImageException(
                ImageFault.TooManyPixels,
                name,
                $"{header.Width} x {header.Height} pixels are over the limit of {_limits.MaxPixelsHeld:N0} for pictures that are "
                    + $"decoded as a "
                    + $"whole in memory. Shrink the picture, or raise {Limit(nameof(ImageLimits.MaxPixelsHeld), "--max-pixels-held")}."
            );
        }

        if (header.Frames > _limits.MaxFrames)
        {
            throw new ImageException(
                ImageFault.TooManyFrames,
                name,
                $"{header.Frames} frames are over the limit of {_limits.MaxFrames}. Take single frames out, or raise "
                    + $"{Limit(nameof(ImageLimits.MaxFrames), "--max-frames")}."
            );
        }
    }

    private void CheckLength(long length, string name)
    {
        if (length == 0)
        {
            throw new ImageException(ImageFault.Empty, name, "there are no bytes in it. Fetch the picture again, or leave it out.");
        }

        if (length > _limits.MaxBytes)
        {
            throw new ImageException(
                ImageFault.TooManyBytes,
                name,
                $"{length:N0} bytes are over the limit of {_limits.MaxBytes:N0}. Shrink the picture, or raise "
                    + $"{Limit(nameof(ImageLimits.MaxBytes), "--max-bytes")}."
            );
        }
    }

    private static string Limit(string property, string option) => $"{property} ({option} on the command line)";
}
