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

    /// <remarks>libtiff's error for a tile is text in a buffer that all threads share; libvips goes on with grey.</remarks>
    [Fact]
    public void A_remark_about_one_picture_is_not_lost_when_others_fail_at_the_same_time()
    {
        var (bad, cut) = (Tiff("lzw", tiled: true), PlainPng.WithImageData(192, 160, [0x78, 0x01, 1, 2, 3]));
        bad.AsSpan(bad.Length / 3, bad.Length / 4).Clear();

        Parallel.For(0, 400, i => Assert.Equal(ImageFault.Damaged, FaultOf(i % 2 == 0 ? bad : cut)));
    }

    /// <remarks>libtiff stops inflating when a strip has its length, before the checksum.</remarks>
    [Theory, InlineData(true), InlineData(false)]
    public void A_tiff_whose_deflated_bytes_do_not_fit_their_checksum_is_an_error(bool tiled)
    {
        var smooth = TestImages.Encode(
            TestImages.Corners(192, 160),
            "tiffsave_buffer",
            null,
            ("compression", "deflate"),
            ("tile", tiled ? "true" : "false")
        );
        Assert.Null(FaultOf(smooth));
        var random = new Random(29);
        for (var i = 0; i < 40; i++)
        {
            var bad = (byte[])smooth.Clone();
            bad[random.Next(16, bad.Length / 2)] ^= (byte)(1 << random.Next(8));

            Assert.Equal(ImageFault.Damaged, FaultOf(bad));
        }
    }

    [Fact]
    public void A_tiff_that_inflates_to_far_more_than_its_pixels_is_not_inflated_whole()
    {
        var bomb = PlainTiff.Encode(8, 8, 2, Packed(new byte[64 << 20]), compression: 8);
        bomb[16 + 60_000] ^= 1; // damage far behind the 192 bytes that are pixels

        Assert.Null(FaultOf(bomb));
    }

    [Fact]
    public void A_webp_whose_end_is_overwritten_is_an_error()
    {
        foreach (var lossless in new[] { "true", "false" })
        {
            var webp = TestImages.Encode(Picture, "webpsave_buffer", null, ("lossless", lossless));
            foreach (byte fill in new byte[] { 0, 255 })
            {
                var bad = (byte[])webp.Clone();
                bad.AsSpan(bad.Length / 2).Fill(fill);

                Assert.Equal(ImageFault.Damaged, FaultOf(bad));
            }
        }
    }

    [Fact]
    public void A_flat_webp_that_ends_in_equal_bytes_is_read()
    {
        var flat = TestImages.Encode(
            new RgbImage(900, 900, [.. Enumerable.Repeat((byte)128, 900 * 900 * 3)]),
            "webpsave_buffer",
            null,
            ("Q", "100"),
            ("effort", "0"),
            ("keep", "none")
        );

        Assert.True(flat.AsSpan(flat.Length - 200).IndexOfAnyExcept(flat[^1]) < 0, "the picture no longer shows the case");
        Assert.Null(FaultOf(flat));
    }

    [Fact]
    public void Bytes_left_over_before_a_progressive_jpegs_end_are_an_error_unless_they_are_zeros()
    {
        var jpeg = TestImages.Encode(Picture, "jpegsave_buffer", null, ("interlace", "true"));

        Assert.Equal(PixelsOf(jpeg), PixelsOf([.. jpeg[..^2], .. new byte[50], .. jpeg[^2..]]));
        Assert.Equal(ImageFault.Damaged, FaultOf([.. jpeg[..^2], .. Enumerable.Range(1, 50).Select(i => (byte)i), .. jpeg[^2..]]));
    }

    [Fact]
    public void An_error_says_what_only_the_decoders_log_tells()
    {
        var png = PlainPng.Encode(4, 4, 8, 2, new byte[48]);
        png[8 + 8 + 13] ^= 1; // the checksum of the header

        Assert.Contains("(IHDR: CRC error)", Assert.Throws<ImageException>(() => PixelsOf(png)).Message);
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
