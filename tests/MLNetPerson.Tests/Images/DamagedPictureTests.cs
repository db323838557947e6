using System.IO.Compression;
using MLNetPerson.Images;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Images;

/// <summary>Damage that decoders only log, or do not notice: each is an error and never a grey or black guess. Reports:
/// tests/REPORTS.md.</summary>
public sealed class DamagedPictureTests
{
    private static readonly ImageSpec Spec = new(32, 32);

    /// <summary>Smooth enough to compress, large enough for several strips and tiles.</summary>
    private static readonly RgbImage Picture = TestImages.Noise(192, 160, seed: 11);

    public static TheoryData<string, bool> TiffKinds =>
        new()
        {
            { "deflate", true },
            { "deflate", false },
            { "lzw", true },
            { "lzw", false },
            { "packbits", false },
            { "jpeg", true },
            { "jpeg", false },
        };

    [Theory, MemberData(nameof(TiffKinds))]
    public void A_tiff_with_a_tile_or_strip_of_zeros_is_an_error(string compression, bool tiled)
    {
        var tiff = Tiff(compression, tiled);
        Assert.Null(FaultOf(tiff));

        tiff.AsSpan(tiff.Length / 3, tiff.Length / 4).Clear();

        Assert.Equal(ImageFault.Damaged, FaultOf(tiff));
    }

    [Fact]
    public void A_jpeg_whose_end_is_overwritten_is_an_error()
    {
        var jpeg = TestImages.Jpeg(Picture);
        foreach (byte fill in new byte[] { 0, 255 })
        {
            var bad = (byte[])jpeg.Clone();
            bad.AsSpan(bad.Length / 2).Fill(fill);

            Assert.Equal(ImageFault.Damaged, FaultOf(bad));
        }
    }

    [Fact]
    public void A_jpeg_that_is_cut_and_closed_by_an_end_marker_is_an_error()
    {
        foreach (var interlace in new[] { "true", "false" })
        {
            var jpeg = TestImages.Encode(Picture, "jpegsave_buffer", null, ("interlace", interlace));

            Assert.Equal(ImageFault.Damaged, FaultOf([.. jpeg[..(jpeg.Length / 2)], 0xFF, 0xD9]));
        }
    }

    [Fact]
    public void A_jpeg_with_a_wrong_restart_marker_is_an_error()
    {
        var jpeg = TestImages.Encode(Picture, "jpegsave_buffer", null, ("restart_interval", "4"));
        Assert.Null(FaultOf(jpeg));
        var at = Enumerable.Range(jpeg.Length / 2, jpeg.Length / 2).First(i => jpeg[i] == 0xFF && jpeg[i + 1] is >= 0xD0 and <= 0xD7);

        jpeg[at + 1] = (byte)(0xD0 + ((jpeg[at + 1] - 0xD0 + 3) % 8));

        Assert.Equal(ImageFault.Damaged, FaultOf(jpeg));
    }

    [Fact]
    public void Junk_between_a_jpegs_segments_or_behind_its_end_is_passed_over()
    {
        var jpeg = TestImages.Jpeg(Picture);
        var tables = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDB]);

        Assert.Equal(PixelsOf(jpeg), PixelsOf([.. jpeg[..tables], 1, 2, 3, 4, .. jpeg[tables..]]));
        Assert.Equal(PixelsOf(jpeg), PixelsOf([.. jpeg, .. new byte[500]]));
    }

    [Fact]
    public void A_png_with_right_checksums_and_wrong_data_is_an_error()
    {
        byte[] rows = [.. Enumerable.Range(0, 160).SelectMany(y => Picture.Pixels[(y * 576)..((y + 1) * 576)].Prepend((byte)0))];
        var (whole, half) = (Packed(rows), Packed(rows[..(rows.Length / 2)]));
        Assert.Null(FaultOf(PlainPng.WithImageData(192, 160, whole)));

        Assert.Equal(ImageFault.Damaged, FaultOf(PlainPng.WithImageData(192, 160, half)));
        Assert.Equal(ImageFault.Damaged, FaultOf(PlainPng.WithImageData(192, 160, whole[..(whole.Length / 2)])));
        whole[^1] ^= 1;
        Assert.Equal(ImageFault.Damaged, FaultOf(PlainPng.WithImageData(192, 160, whole)));
    }

    [Fact]
    public void A_webp_that_is_cut_and_says_so_in_its_sizes_is_an_error()
    {
        foreach (var lossless in new[] { "true", "false" })
        {
            var cut = TestImages.Encode(Picture, "webpsave_buffer", null, ("lossless", lossless))[..^400];
            BitConverter.TryWriteBytes(cut.AsSpan(4), cut.Length - 8);
            BitConverter.TryWriteBytes(cut.AsSpan(16), cut.Length - 20);

            Assert.Equal(ImageFault.Damaged, FaultOf(cut));
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void A_gif_is_an_error_whichever_frame_has_too_few_pixels(int frame)
    {
        var gif = PlainGif.Encode(40, 30, (9, 9, 9), (200, 0, 0), (0, 200, 0));
        var at = -1;
        for (var i = 0; i < frame; i++)
        {
            at = gif.AsSpan(at + 1).IndexOf((ReadOnlySpan<byte>)[0x2C, 0, 0, 0, 0]) + at + 1;
        }

        gif[at + 7] = 60; // the frame's height

        var fault = Assert.Throws<ImageException>(() => PixelsOf(gif));

        Assert.Contains($"frame {frame} has 1,200 of 2,400 pixels", fault.Message);
    }

    [Fact]
    public void Damage_outside_the_part_that_is_cropped_is_an_error()
    {
        var tall = TestImages.Jpeg(TestImages.Noise(64, 512, seed: 2));
        byte[] bad = [.. tall[..(tall.Length * 9 / 10)], 0xFF, 0xD9];

        Assert.Throws<ImageException>(() =>
            new ImageReader().ReadResized(bad, new ImageSpec(16, 16, ResizeKind.CenterCrop), new byte[768])
        );
    }

    [Fact]
    public void Damaged_pictures_do_not_make_others_fail_that_are_read_at_the_same_time()
    {
        var (good, bad) = (TestImages.Jpeg(Picture), Tiff("jpeg", tiled: true));
        bad.AsSpan(bad.Length / 3, bad.Length / 4).Clear();

        Parallel.For(0, 200, i => Assert.Equal(i % 2 == 0 ? null : ImageFault.Damaged, FaultOf(i % 2 == 0 ? good : bad)));
    }

    private static byte[] Tiff(string compression, bool tiled) =>
        TestImages.Encode(
            Picture,
            "tiffsave_buffer",
            null,
            ("compression", compression),
            ("tile", tiled ? "true" : "false"),
            ("tile_width", "64"),
            ("tile_height", "64")
        );

    private static byte[] Packed(byte[] rows)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        return packed.ToArray();
    }

    private static ImageFault? FaultOf(byte[] picture)
    {
        try
        {
            PixelsOf(picture);
            return null;
        }
        catch (ImageException exception)
        {
            return exception.Fault;
        }
    }

    private static byte[] PixelsOf(byte[] picture)
    {
        var pixels = new byte[Spec.ByteCount];
        new ImageReader().ReadResized(picture, Spec, pixels);
        return pixels;
    }
}
