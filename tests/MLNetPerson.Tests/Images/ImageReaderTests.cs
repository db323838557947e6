using MLNetPerson.Images;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Images;

public sealed class ImageReaderTests
{
    /// <summary>JPEG at quality 95 of a smooth picture, levels of 255: quantisation and colour rounding.</summary>
    private const int JpegTolerance = 6;

    private static readonly ImageReader Reader = new();

    public static TheoryData<string> Formats => ["jpegsave_buffer", "pngsave_buffer", "webpsave_buffer", "tiffsave_buffer"];

    [Theory, MemberData(nameof(Formats))]
    public void Every_format_gives_the_picture_back(string saver)
    {
        var image = TestImages.Corners(40, 30);

        var read = Reader.Read(TestImages.Encode(image, saver));

        // The savers' default quality is 75.
        AssertNear(image, read, saver == "webpsave_buffer" ? 20 : 2 * JpegTolerance);
    }

    [Fact]
    public void A_progressive_jpeg_is_read_like_a_baseline_one()
    {
        var image = TestImages.Corners(40, 30);

        AssertNear(
            image,
            Reader.Read(TestImages.Encode(image, "jpegsave_buffer", null, ("interlace", "true"), ("Q", "95"))),
            JpegTolerance
        );
    }

    [Fact]
    public void A_bitmap_is_read_to_the_byte()
    {
        var image = TestImages.Noise(17, 9, seed: 1);

        Assert.Equal(image.Pixels, Reader.Read(PlainBmp.FromRgb(17, 9, image.Pixels)).Pixels);
    }

    [Fact]
    public void The_first_frame_of_an_animation_is_the_picture()
    {
        var gif = PlainGif.Encode(6, 4, (200, 10, 20), (0, 255, 0));

        var header = Reader.ReadHeader(gif);
        var image = Reader.Read(gif);

        Assert.Equal((ImageFormat.Gif, 6, 4, 2), (header.Format, header.Width, header.Height, header.Frames));
        Assert.All(
            Enumerable.Range(0, 24),
            i => Assert.Equal(((byte)200, (byte)10, (byte)20), (image.Pixels[i * 3], image.Pixels[(i * 3) + 1], image.Pixels[(i * 3) + 2]))
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Every_exif_orientation_comes_out_upright(int orientation)
    {
        var upright = TestImages.Corners(48, 32);
        var stored = Stored(upright, orientation);
        var jpeg = PlainJpeg.WithOrientation(TestImages.Jpeg(stored), orientation);

        var header = Reader.ReadHeader(jpeg);
        var read = Reader.Read(jpeg);

        Assert.Equal((48, 32), (header.Width, header.Height));
        AssertNear(upright, read, JpegTolerance);
    }

    [Fact]
    public void A_grey_jpeg_has_three_equal_channels()
    {
        var read = Reader.Read(TestImages.Encode(TestImages.Corners(16, 16), "jpegsave_buffer", "b-w"));

        Assert.All(
            Enumerable.Range(0, 256),
            i => Assert.True(read.Pixels[i * 3] == read.Pixels[(i * 3) + 1] && read.Pixels[i * 3] == read.Pixels[(i * 3) + 2])
        );
    }

    [Fact]
    public void A_cmyk_jpeg_keeps_its_colours()
    {
        // Printing inks do not reach bright colours, so muted ones are asked for.
        var image = new RgbImage(32, 32, [.. TestImages.Corners(32, 32).Pixels.Select(value => (byte)(90 + (value / 4)))]);

        AssertNear(image, Reader.Read(TestImages.Encode(image, "jpegsave_buffer", "cmyk")), 40, mean: 12);
    }

    [Theory, InlineData(2), InlineData(0)]
    public void Sixteen_bits_are_brought_down_to_eight(int colourType)
    {
        // Big-endian samples 0x1234 …: the high byte is the value.
        var channels = colourType == 2 ? 3 : 1;
        var rows = Enumerable.Range(0, 4 * 4 * channels).SelectMany(i => new byte[] { (byte)(i * 5), 0x80 }).ToArray();

        var read = Reader.Read(PlainPng.Encode(4, 4, 16, colourType, rows));

        for (var i = 0; i < 16; i++)
        {
            Assert.InRange(read.Pixels[i * 3], (i * channels * 5) - 1, (i * channels * 5) + 1);
        }
    }

    [Fact]
    public void A_palette_is_looked_up()
    {
        var read = Reader.Read(PlainPng.Encode(2, 1, 8, 3, [1, 0], [10, 20, 30, 200, 100, 50]));

        Assert.Equal([200, 100, 50, 10, 20, 30], read.Pixels);
    }

    [Fact]
    public void Transparency_becomes_white()
    {
        var read = Reader.Read(PlainPng.Encode(3, 1, 8, 6, [255, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 128]));

        Assert.Equal([255, 0, 0, 255, 255, 255], read.Pixels[..6]);
        Assert.InRange(read.Pixels[6], 125, 129);
    }

    [Theory]
    [InlineData(ResizeKind.Squash)]
    [InlineData(ResizeKind.Pad)]
    [InlineData(ResizeKind.CenterCrop)]
    public void One_pixel_is_a_picture(ResizeKind resize)
    {
        var pixels = new byte[8 * 8 * 3];

        Reader.ReadResized(PlainPng.Encode(1, 1, 8, 2, [9, 99, 199]), new ImageSpec(8, 8, resize), pixels);

        Assert.Equal([9, 99, 199], pixels[(4 * 8 * 3)..((4 * 8 * 3) + 3)]);
    }

    [Fact]
    public void Squashing_fills_the_whole_input()
    {
        var pixels = Resized(TestImages.Corners(90, 30), new ImageSpec(16, 16, ResizeKind.Squash));

        AssertNear(TestImages.Corners(16, 16), new RgbImage(16, 16, pixels), 16);
    }

    [Fact]
    public void Padding_keeps_the_shape_and_fills_with_grey()
    {
        var white = new RgbImage(40, 20, [.. Enumerable.Repeat((byte)255, 40 * 20 * 3)]);

        var pixels = Resized(white, new ImageSpec(16, 16, ResizeKind.Pad));

        Assert.All(pixels[..(4 * 16 * 3)], value => Assert.Equal(128, value));
        Assert.All(pixels[(4 * 16 * 3)..(12 * 16 * 3)], value => Assert.Equal(255, value));
        Assert.All(pixels[(12 * 16 * 3)..], value => Assert.Equal(128, value));
    }

    [Fact]
    public void Cropping_shows_the_middle()
    {
        // Left and right quarter black, the middle white.
        var stripes = new byte[80 * 40 * 3];
        for (var i = 0; i < 80 * 40; i++)
        {
            stripes.AsSpan(i * 3, 3).Fill(i % 80 is >= 20 and < 60 ? (byte)255 : (byte)0);
        }

        var pixels = Resized(new RgbImage(80, 40, stripes), new ImageSpec(20, 20, ResizeKind.CenterCrop));

        Assert.True(pixels.Average(value => value) > 250);
    }

    [Fact]
    public void Shrinking_is_antialiased()
    {
        // A fine chequerboard is grey from afar; without antialiasing it would stay black and white, or become one of them.
        var board = new byte[128 * 128 * 3];
        for (var i = 0; i < 128 * 128; i++)
        {
            board.AsSpan(i * 3, 3).Fill(((i % 128) + (i / 128)) % 2 == 0 ? (byte)255 : (byte)0);
        }

        Assert.All(Resized(new RgbImage(128, 128, board), new ImageSpec(16, 16)), value => Assert.InRange(value, 112, 144));
    }

    [Fact]
    public void Plain_pixels_and_the_encoded_picture_give_the_same_input()
    {
        var image = TestImages.Corners(100, 60);
        var spec = new ImageSpec(32, 32);
        var (plain, encoded) = (new byte[spec.ByteCount], new byte[spec.ByteCount]);

        ImageReader.Resize(image.Pixels, 100, 60, spec, plain);
        Reader.ReadResized(ImageWriter.EncodePng(image), spec, encoded);

        Assert.Equal(plain, encoded);
    }

    [Fact]
    public void A_picture_of_the_models_size_is_not_touched()
    {
        var image = TestImages.Noise(24, 24, seed: 5);
        var spec = new ImageSpec(24, 24);
        var (plain, encoded) = (new byte[spec.ByteCount], new byte[spec.ByteCount]);

        ImageReader.Resize(image.Pixels, 24, 24, spec, plain);
        Reader.ReadResized(ImageWriter.EncodePng(image), spec, encoded);

        Assert.Equal(image.Pixels, plain);
        Assert.Equal(image.Pixels, encoded);
    }

    [Fact]
    public void Colours_of_another_space_are_converted_whatever_its_profile_is_called()
    {
        var jpeg = TestImages.Jpeg(
            new RgbImage(16, 16, [.. Enumerable.Repeat(new byte[] { 200, 60, 60 }, 256).SelectMany(pixel => pixel)])
        );
        var plain = Reader.Read(jpeg).Pixels;

        var wide = Reader.Read(PlainJpeg.WithProfile(jpeg, PlainProfile.Matrix("Wide", wide: true))).Pixels;
        var named = Reader.Read(PlainJpeg.WithProfile(jpeg, PlainProfile.Matrix("sRGB IEC61966-2.1", wide: true))).Pixels;

        Assert.True(wide[0] > plain[0] + 10, $"red {wide[0]} against {plain[0]}: a wider space's red lies further out");
        Assert.Equal(wide, named);
    }

    [Fact]
    public void A_picture_of_a_200_megapixel_phone_is_within_the_limits_and_read_by_rows()
    {
        // The header alone decides: SOF0 of 16,320 x 12,240, as phones write it.
        var jpeg = TestImages.Jpeg(TestImages.Corners(16, 16));
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        (jpeg[frame + 5], jpeg[frame + 6], jpeg[frame + 7], jpeg[frame + 8]) = (12_240 >> 8, 12_240 & 255, 16_320 >> 8, 16_320 & 255);

        Assert.Equal((16_320, 12_240), (Reader.ReadHeader(jpeg).Width, Reader.ReadHeader(jpeg).Height));
    }

    [Fact]
    public void A_profile_that_is_junk_does_not_stop_the_picture()
    {
        var jpeg = TestImages.Jpeg(TestImages.Corners(16, 16));

        AssertNear(Reader.Read(jpeg), Reader.Read(PlainJpeg.WithProfile(jpeg, [1, 2, 3, 4, 5])), 2);
    }

    [Fact]
    public void Many_threads_read_what_one_reads()
    {
        var spec = new ImageSpec(32, 32);
        var pictures = Enumerable.Range(0, 40).Select(seed => TestImages.Jpeg(TestImages.Noise(60 + seed, 50, seed))).ToArray();
        var alone = pictures.Select(picture => Read(picture)).ToArray();

        Parallel.For(0, 400, i => Assert.Equal(alone[i % 40], Read(pictures[i % 40])));

        byte[] Read(byte[] picture)
        {
            var pixels = new byte[spec.ByteCount];
            Reader.ReadResized(picture, spec, pixels);
            return pixels;
        }
    }

    private static byte[] Resized(RgbImage image, ImageSpec spec)
    {
        var pixels = new byte[spec.ByteCount];
        Reader.ReadResized(ImageWriter.EncodePng(image), spec, pixels);
        return pixels;
    }

    /// <summary>How a camera stores an upright picture under an orientation: the inverse of what EXIF asks a viewer to do.</summary>
    private static RgbImage Stored(RgbImage upright, int orientation)
    {
        var sideways = orientation >= 5;
        var (width, height) = sideways ? (upright.Height, upright.Width) : (upright.Width, upright.Height);
        var pixels = new byte[upright.Pixels.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                // Row 0 and column 0 of the stored picture, after TIFF 6.0's table of the tag.
                var (ux, uy) = orientation switch
                {
                    1 => (x, y),
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (height - 1 - y, x),
                    7 => (height - 1 - y, width - 1 - x),
                    _ => (y, width - 1 - x),
                };
                upright.Pixels.AsSpan(((uy * upright.Width) + ux) * 3, 3).CopyTo(pixels.AsSpan(((y * width) + x) * 3));
            }
        }

        return new RgbImage(width, height, pixels);
    }

    private static void AssertNear(RgbImage expected, RgbImage actual, int worst, double mean = 4)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        var differences = expected.Pixels.Zip(actual.Pixels, (a, b) => Math.Abs(a - b)).ToList();
        Assert.InRange(differences.Max(), 0, worst);
        Assert.InRange(differences.Average(), 0, mean);
    }
}
