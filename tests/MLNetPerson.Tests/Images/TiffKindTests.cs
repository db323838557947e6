using MLNetPerson.Images;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Images;

/// <summary>8-bit CIE L*a*b* of TIFF files becomes sRGB, in every byte order; RGB is read as it is, with any number of
/// channels.</summary>
public sealed class TiffKindTests
{
    /// <summary>Levels of 255: L*, a* and b* are rounded to whole steps, and at the edge of sRGB half a step of b* is ten levels of a
    /// channel near zero.</summary>
    private const int Rounding = 10;

    /// <summary>The six corners of sRGB's cube and two greys as Photoshop and colorio give them, relative to D50.</summary>
    public static TheoryData<byte[], byte[]> Colours =>
        new()
        {
            { [255, 0, 0], [255, 255, 255] },
            { [0, 0, 0], [0, 0, 0] },
            { [137, 0, 0], [128, 128, 128] },
            { [138, 81, 70], [255, 0, 0] },
            { [224, Signed(-79), 81], [0, 255, 0] },
            { [75, 68, Signed(-112)], [0, 0, 255] },
            { [249, Signed(-16), 93], [255, 255, 0] },
        };

    [Theory, MemberData(nameof(Colours))]
    public void A_colour_comes_out_as_a_profile_would_give_it(byte[] lab, byte[] rgb)
    {
        byte[] stored = [.. Enumerable.Repeat(lab, 12).SelectMany(pixel => pixel)];
        byte[] moved = [.. stored.Select((value, i) => i % 3 == 0 ? value : (byte)(value + 128))];

        foreach (var (bigEndian, bigTiff) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            AssertNear(rgb, PlainTiff.Encode(4, 3, 8, stored, bigEndian, bigTiff));
            AssertNear(rgb, PlainTiff.Encode(4, 3, 9, moved, bigEndian, bigTiff));
        }
    }

    [Fact]
    public void Plain_rgb_stays_as_it_is_in_every_byte_order()
    {
        var picture = TestImages.Noise(7, 5, seed: 4);
        foreach (var (bigEndian, bigTiff) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            Assert.Equal(picture.Pixels, new ImageReader().Read(PlainTiff.Encode(7, 5, 2, picture.Pixels, bigEndian, bigTiff)).Pixels);
        }
    }

    [Theory, InlineData(5), InlineData(6)]
    public void Channels_beside_colours_and_alpha_are_left_out(int channels)
    {
        var picture = TestImages.Noise(7, 5, seed: 4);
        byte[] more = [.. picture.Pixels.Chunk(3).SelectMany(pixel => pixel.Concat(Enumerable.Repeat((byte)77, channels - 3)))];

        Assert.Equal(picture.Pixels, new ImageReader().Read(PlainTiff.Encode(7, 5, 2, more)).Pixels);
    }

    [Fact]
    public void A_directory_that_leads_out_of_the_file_is_an_error_and_no_crash()
    {
        var whole = PlainTiff.Encode(4, 3, 8, [.. Enumerable.Repeat((byte)90, 36)]);
        var random = new Random(31);
        for (var i = 0; i < 500; i++)
        {
            var bad = (byte[])whole.Clone();
            for (var change = 0; change < 3; change++)
            {
                bad[random.Next(4, bad.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = new ImageReader(new ImageLimits { MaxPixels = 1_000_000 }).Read(bad);
            }
            catch (ImageException)
            {
                // the only kind of error that is allowed
            }
        }
    }

    private static byte Signed(int value) => unchecked((byte)(sbyte)value);

    private static void AssertNear(byte[] rgb, byte[] tiff)
    {
        var pixels = new ImageReader().Read(tiff).Pixels;
        for (var i = 0; i < pixels.Length; i++)
        {
            Assert.InRange(pixels[i], rgb[i % 3] - Rounding, rgb[i % 3] + Rounding);
        }
    }
}
