using MLNetPerson.Images;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Images;

/// <summary>One bad picture per fault. Each gives an error that names the picture and the reason, and never pixels.</summary>
public sealed class BadImageTests
{
    private const string Fetch = "Fetch it again from where it came from, or leave it out.";

    private static readonly ImageSpec Spec = new(32, 32);

    private static readonly string[] AllSavers = ["jpegsave_buffer", "pngsave_buffer", "webpsave_buffer", "tiffsave_buffer"];

    public static TheoryData<string> Savers => [.. AllSavers];

    [Theory, MemberData(nameof(Savers))]
    public void A_truncated_picture_is_an_error(string saver)
    {
        var whole = TestImages.Encode(TestImages.Noise(200, 200, seed: 3), saver);

        for (var percent = 10; percent < 100; percent += 17)
        {
            var fault = Refusal(whole[..(whole.Length * percent / 100)], "cut.pic");

            Assert.Equal(ImageFault.Damaged, fault.Fault);
            Assert.StartsWith("'cut.pic': the picture is cut short or damaged (", fault.Message);
            Assert.EndsWith(Fetch, fault.Message);
        }
    }

    [Fact]
    public void A_truncated_progressive_jpeg_is_an_error()
    {
        var whole = TestImages.Encode(TestImages.Noise(200, 200, seed: 3), "jpegsave_buffer", null, ("interlace", "true"));

        Assert.Equal(ImageFault.Damaged, Refusal(whole[..(whole.Length / 2)], "cut.jpg").Fault);
    }

    [Fact]
    public void A_truncated_gif_is_an_error()
    {
        var whole = PlainGif.Encode(60, 60, (1, 2, 3), (200, 100, 0));

        Assert.Equal(ImageFault.Damaged, Refusal(whole[..(whole.Length / 4)], "cut.gif").Fault);
    }

    [Fact]
    public void A_truncated_bitmap_is_an_error_that_counts_its_bytes()
    {
        var whole = PlainBmp.FromRgb(20, 10, TestImages.Noise(20, 10, seed: 1).Pixels);

        Assert.Equal(
            $"'cut.bmp': the bitmap is cut short or damaged (10 rows of 60 bytes are promised, 446 bytes are there). {Fetch}",
            Refusal(whole[..500], "cut.bmp").Message
        );
    }

    [Fact]
    public void No_bytes_are_an_error() =>
        Assert.Equal("'empty.jpg': there are no bytes in it. Fetch the picture again, or leave it out.", Refusal([], "empty.jpg").Message);

    [Fact]
    public void Text_under_a_pictures_name_is_called_text() =>
        Assert.Equal(
            "'notes.jpg': this is text, not a picture. Decoded are JPEG, PNG, WebP, GIF, TIFF, BMP and AVIF: convert the picture, or "
                + "leave it out.",
            Refusal("To do: take pictures."u8.ToArray(), "notes.jpg").Message
        );

    [Fact]
    public void Junk_is_shown_by_its_first_bytes() =>
        Assert.Equal(
            "'junk.png': the first bytes (00FF00FF01020304) are not those of a picture. Decoded are JPEG, PNG, WebP, GIF, TIFF, BMP "
                + "and AVIF: convert the picture, or leave it out.",
            Refusal([0x00, 0xFF, 0x00, 0xFF, 1, 2, 3, 4, 5, 6], "junk.png").Message
        );

    [Theory]
    [InlineData("\0\0\0\u0018ftypisom\0\0\u0002\0isommp41", "an MP4 or QuickTime film")]
    [InlineData("\0\0\0\u000cJXL \r\n", "a JPEG XL picture")]
    [InlineData("\0\0\0\u000cjP  \r\n", "a JPEG 2000 picture")]
    [InlineData("%PDF-1.7 and so on", "a PDF document")]
    [InlineData("<?xml version='1.0'?><svg width='4'/>", "an SVG drawing")]
    public void Formats_that_are_not_decoded_are_called_by_name(string start, string name)
    {
        var fault = Refusal(System.Text.Encoding.Latin1.GetBytes(start), "x");

        Assert.Equal(ImageFault.UnknownFormat, fault.Fault);
        Assert.Contains($"this is {name}. Decoded are", fault.Message);
    }

    [Fact]
    public void A_wrong_extension_does_not_matter()
    {
        using var folder = new TempFolder();
        var path = folder.Write("really-a-png.jpg", ImageWriter.EncodePng(TestImages.Corners(10, 10)));
        var reader = new ImageReader();

        Assert.Equal(ImageFormat.Png, reader.ReadHeader(reader.ReadBytes(path)).Format);
    }

    [Fact]
    public void A_header_of_400_megapixels_is_refused_before_decoding() =>
        Assert.Equal(
            "'big.png': 20000 x 20000 pixels are over the limit of 250,000,000. Shrink the picture, or raise MaxPixels "
                + "(--max-pixels on the command line).",
            Refusal([.. PlainPng.Start(20000, 20000), 0, 0, 0, 0, .. "IDAT"u8], "big.png").Message
        );

    [Fact]
    public void A_bitmap_header_of_400_megapixels_is_refused_before_decoding() =>
        Assert.Equal(ImageFault.TooManyPixels, Refusal(PlainBmp.Encode(20000, 20000, 24, 0, []), "big.bmp").Fault);

    [Fact]
    public void A_picture_that_its_decoder_holds_whole_has_a_limit_of_its_own()
    {
        var reader = new ImageReader(new ImageLimits { MaxPixelsHeld = 1000 });
        var picture = TestImages.Corners(40, 40);

        Assert.Equal(40, reader.ReadHeader(TestImages.Encode(picture, "jpegsave_buffer")).Width);
        var fault = Assert.Throws<ImageException>(() =>
            reader.ReadHeader(TestImages.Encode(picture, "jpegsave_buffer", null, ("interlace", "true")), "progressive.jpg")
        );

        Assert.Equal(
            "'progressive.jpg': 40 x 40 pixels are over the limit of 1,000 for pictures that are decoded as a whole in memory. Shrink the "
                + "picture, or raise MaxPixelsHeld (--max-pixels-held on the command line).",
            fault.Message
        );
    }

    /// <remarks>libvips refuses 64-bit samples itself, with its own sentence.</remarks>
    [
        Theory,
        InlineData("float", "which have no agreed range or colour"),
        InlineData("int", "which have no agreed range or colour"),
        InlineData("uint", "which have no agreed range or colour"),
        InlineData("double", "this kind of TIFF file is")
    ]
    public void A_tiff_of_samples_without_a_known_range_is_called_a_kind_that_is_not_read(string format, string said)
    {
        var fault = Refusal(TestImages.Cast(TestImages.Corners(20, 20), format, "tiffsave_buffer"), "numbers.tif");

        Assert.Equal(ImageFault.UnsupportedKind, fault.Fault);
        Assert.Contains(said, fault.Message);
        Assert.DoesNotContain("damaged", fault.Message);
    }

    [Fact]
    public void A_bigtiff_is_read()
    {
        var picture = TestImages.Corners(20, 20);

        var read = new ImageReader().Read(TestImages.Encode(picture, "tiffsave_buffer", null, ("bigtiff", "true")));

        Assert.Equal(picture.Pixels, read.Pixels);
    }

    [Fact]
    public void A_heic_picture_without_a_decoder_is_an_error_that_says_how_to_convert_it()
    {
        // A file type box alone, as every HEIC file begins: where a decoder is there, the file is damaged.
        var fault = Refusal([0, 0, 0, 24, .. "ftypheic\0\0\0\0mif1heic"u8, .. new byte[40]], "phone.heic");

        Assert.Contains(fault.Fault, new[] { ImageFault.UnsupportedKind, ImageFault.Damaged });
    }

    [Fact]
    public void Too_many_bytes_are_refused_before_reading()
    {
        using var folder = new TempFolder();
        var path = folder.Write("large.jpg", new byte[2000]);

        var fault = Assert.Throws<ImageException>(() => new ImageReader(new ImageLimits { MaxBytes = 1000 }).ReadBytes(path));

        Assert.Equal(
            $"'{path}': 2,000 bytes are over the limit of 1,000. Shrink the picture, or raise MaxBytes (--max-bytes on the command line).",
            fault.Message
        );
    }

    [Fact]
    public void A_stream_is_not_read_beyond_the_limit()
    {
        using var endless = new EndlessStream();

        var fault = Assert.Throws<ImageException>(() => new ImageReader(new ImageLimits { MaxBytes = 1_000_000 }).ReadBytes(endless));

        Assert.Equal(ImageFault.TooManyBytes, fault.Fault);
        Assert.InRange(endless.Position, 1_000_000, 2_000_000);
    }

    [Fact]
    public void Too_many_frames_are_refused()
    {
        var fault = Assert.Throws<ImageException>(() =>
            new ImageReader(new ImageLimits { MaxFrames = 2 }).ReadHeader(
                PlainGif.Encode(4, 4, (1, 1, 1), (2, 2, 2), (3, 3, 3)),
                "film.gif"
            )
        );

        Assert.Equal(
            "'film.gif': 3 frames are over the limit of 2. Take single frames out, or raise MaxFrames (--max-frames on the command line).",
            fault.Message
        );
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_that_names_it()
    {
        var fault = Assert.Throws<ImageException>(() => new ImageReader().ReadBytes("no/such/picture.jpg"));

        Assert.Equal(ImageFault.Unreadable, fault.Fault);
        Assert.StartsWith("'no/such/picture.jpg': ", fault.Message);
    }

    [Fact]
    public void Limits_out_of_range_are_refused_by_name() =>
        Assert.StartsWith(
            "MaxPixels is 0, outside 1 to ",
            Assert.Throws<ArgumentException>(() => new ImageReader(new ImageLimits { MaxPixels = 0 })).Message
        );

    [Fact]
    public void Reasons_are_not_mixed_up_when_many_threads_fail()
    {
        // libvips keeps one error text per process; each picture must still get its own reason.
        var noise = TestImages.Noise(100, 100, seed: 2);
        var (jpeg, png) = (TestImages.Jpeg(noise), ImageWriter.EncodePng(noise));

        Parallel.For(
            0,
            200,
            i =>
            {
                var (bytes, own, other) = i % 2 == 0 ? (jpeg, "jpeg", "png") : (png, "png", "jpeg");
                var reason = Refusal(bytes[..(bytes.Length / 2)], $"picture {i}").Reason.ToLowerInvariant();
                Assert.Contains(own, reason);
                Assert.DoesNotContain(other, reason);
            }
        );
    }

    [Fact]
    public void Flipped_bits_never_do_worse_than_an_error()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        foreach (var saver in AllSavers)
        {
            var whole = TestImages.Encode(TestImages.Corners(40, 40), saver);
            for (var round = 0; round < 60; round++)
            {
                var bytes = (byte[])whole.Clone();
                for (var flips = random.Next(1, 20); flips > 0; flips--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                try
                {
                    new ImageReader().ReadResized(bytes, Spec, new byte[Spec.ByteCount]);
                }
                catch (ImageException)
                {
                    // As it should be. Anything else, a crash above all, fails.
                }
                catch (Exception exception)
                {
                    Assert.Fail($"seed {seed}, {saver}, round {round}: {exception}");
                }
            }
        }
    }

    private static ImageException Refusal(byte[] bytes, string name) =>
        Assert.Throws<ImageException>(() => new ImageReader().ReadResized(bytes, Spec, new byte[Spec.ByteCount], name));

    private sealed class EndlessStream : MemoryStream
    {
        private long _position;

        public override long Position => _position;

        public override int Read(Span<byte> buffer)
        {
            _position += buffer.Length;
            return buffer.Length;
        }
    }
}
