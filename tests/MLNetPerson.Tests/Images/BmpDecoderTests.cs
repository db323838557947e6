using MLNetPerson.Images;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Images;

public sealed class BmpDecoderTests
{
    // Blue, green, red, unused.
    private static readonly byte[] TwoColours = [0, 0, 0, 0, 30, 20, 10, 0];
    private static readonly byte[] FourColours = [.. TwoColours, 60, 50, 40, 0, 90, 80, 70, 0];

    [Fact]
    public void One_bit_a_pixel_starts_at_the_high_bit() =>
        Assert.Equal([10, 20, 30, 0, 0, 0, 10, 20, 30], Pixels(PlainBmp.Encode(3, 1, 1, 0, [0b1010_0000, 0, 0, 0], TwoColours)));

    [Fact]
    public void Four_bits_a_pixel_start_at_the_high_nibble() =>
        Assert.Equal([70, 80, 90, 10, 20, 30, 40, 50, 60], Pixels(PlainBmp.Encode(3, 1, 4, 0, [0x31, 0x20, 0, 0], FourColours)));

    [Fact]
    public void Eight_bits_a_pixel_are_indices() =>
        Assert.Equal([40, 50, 60, 0, 0, 0], Pixels(PlainBmp.Encode(2, 1, 8, 0, [2, 0, 0, 0], FourColours)));

    [Fact]
    public void Sixteen_bits_a_pixel_are_five_each_without_masks() =>
        Assert.Equal([255, 0, 0, 0, 0, 132], Pixels(PlainBmp.Encode(2, 1, 16, 0, [0x00, 0x7C, 0x10, 0x00])));

    [Fact]
    public void Masks_say_where_channels_lie() =>
        // 5-6-5: red 0xF800, green 0x07E0, blue 0x001F.
        Assert.Equal(
            [0, 255, 0],
            Pixels(PlainBmp.Encode(1, 1, 16, 3, [0xE0, 0x07, 0, 0], [0, 0xF8, 0, 0, 0xE0, 0x07, 0, 0, 0x1F, 0, 0, 0]))
        );

    [Fact]
    public void Thirty_two_bits_without_masks_have_no_alpha() =>
        Assert.Equal([3, 2, 1], Pixels(PlainBmp.Encode(1, 1, 32, 0, [1, 2, 3, 0])));

    [Fact]
    public void Rows_run_upwards_unless_the_height_is_negative()
    {
        byte[] rows = [1, 1, 1, 0, 2, 2, 2, 0]; // two rows of one pixel and a byte of padding

        Assert.Equal([2, 2, 2, 1, 1, 1], Pixels(PlainBmp.Encode(1, 2, 24, 0, rows)));
        Assert.Equal([1, 1, 1, 2, 2, 2], Pixels(PlainBmp.Encode(1, -2, 24, 0, rows)));
    }

    [Fact]
    public void Run_lengths_of_eight_bits_are_unpacked() =>
        // Bottom row: two of colour 3, then a literal run 1 2 1 (padded), end of line. Top row: skip two, one of colour 1, end.
        Assert.Equal(
            [0, 0, 0, 0, 0, 0, 10, 20, 30, 0, 0, 0, 0, 0, 0, 70, 80, 90, 70, 80, 90, 10, 20, 30, 40, 50, 60, 10, 20, 30],
            Pixels(PlainBmp.Encode(5, 2, 8, 1, [2, 3, 0, 3, 1, 2, 1, 0, 0, 0, 0, 2, 2, 0, 1, 1, 0, 1], FourColours))
        );

    [Fact]
    public void Run_lengths_of_four_bits_alternate() =>
        Assert.Equal([10, 20, 30, 40, 50, 60, 10, 20, 30], Pixels(PlainBmp.Encode(3, 1, 4, 2, [3, 0x12, 0, 1], FourColours)));

    [Theory, InlineData(4u, "JPEG"), InlineData(5u, "PNG")]
    public void A_picture_of_another_format_inside_a_bitmap_is_a_kind_that_is_not_read(uint compression, string format)
    {
        var fault = Assert.Throws<ImageException>(() => BmpDecoder.Decode(PlainBmp.Encode(2, 1, 24, compression, [0]), "inside.bmp"));

        Assert.Equal(ImageFault.UnsupportedKind, fault.Fault);
        Assert.Contains($"a {format} picture inside a bitmap", fault.Message);
    }

    [Theory]
    [InlineData("a run leaves the picture at column 2, row 0", 8, 1u, new byte[] { 3, 1, 0, 1 })]
    [InlineData("the run lengths end in row 0 of 1", 8, 1u, new byte[] { 1, 1 })]
    [InlineData("3 literal pixels in row 0 are cut off", 8, 1u, new byte[] { 0, 3, 1 })]
    [InlineData("a jump in row 0 is cut off", 8, 1u, new byte[] { 0, 2, 1 })]
    [InlineData("pixel 1 has colour 9 of a palette of 4", 8, 0u, new byte[] { 0, 9, 0, 0 })]
    [InlineData("8 bits a pixel with compression 9 is not decoded", 8, 9u, new byte[] { 0, 0, 0, 0 })]
    [InlineData("7 bits a pixel with compression 0 is not decoded", 7, 0u, new byte[] { 0, 0, 0, 0 })]
    public void A_damaged_bitmap_says_what_is_wrong(string what, int bits, uint compression, byte[] data)
    {
        var fault = Assert.Throws<ImageException>(() =>
            BmpDecoder.Decode(PlainBmp.Encode(2, 1, bits, compression, data, FourColours), "bad.bmp")
        );

        Assert.Equal(
            $"'bad.bmp': the bitmap is cut short or damaged ({what}). Fetch it again from where it came from, or leave it out.",
            fault.Message
        );
    }

    [Fact]
    public void Random_headers_never_do_worse_than_an_error()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 5000; round++)
        {
            var bytes = PlainBmp.Encode(4, 4, 8, (uint)random.Next(3), new byte[64], FourColours);
            for (var i = 0; i < 6; i++)
            {
                bytes[10 + random.Next(bytes.Length - 10)] = (byte)random.Next(256);
            }

            try
            {
                if (BmpDecoder.ReadHeader(bytes, "x") is var header && (long)header.Width * header.Height < 100_000)
                {
                    BmpDecoder.Decode(bytes, "x");
                }
            }
            catch (ImageException)
            {
                // As it should be.
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}, round {round}, {Convert.ToHexString(bytes)}: {exception}");
            }
        }
    }

    private static byte[] Pixels(byte[] bitmap) => BmpDecoder.Decode(bitmap, "x.bmp").Pixels;
}
