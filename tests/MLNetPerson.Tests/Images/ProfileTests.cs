using MLNetPerson.Images;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Images;

/// <summary>Colour is converted by what a profile is: at any depth, with any number of channels, whatever its name.</summary>
public sealed class ProfileTests
{
    /// <summary>Levels of 255: rounding of 8-bit values before and after a conversion.</summary>
    private const int Rounding = 2;

    private static readonly ImageReader Reader = new();

    [Fact]
    public void Sixteen_bits_are_converted_like_eight()
    {
        var profile = PlainProfile.Matrix("Wide", wide: true);
        byte[] rgb = [.. Enumerable.Range(0, 64).SelectMany(i => new[] { (byte)(40 + (3 * i)), (byte)(220 - (2 * i)), (byte)(90 + i) })];

        var eight = Reader.Read(PlainPng.WithProfile(PlainPng.Encode(8, 8, 8, 2, rgb), profile));
        var sixteen = Reader.Read(PlainPng.WithProfile(PlainPng.Encode(8, 8, 16, 2, Doubled(rgb)), profile));

        AssertNear(eight.Pixels, sixteen.Pixels);
        Assert.NotEqual(rgb, eight.Pixels);
    }

    /// <summary>Expected: gamma 2.2, ProPhoto's primaries to XYZ, XYZ to sRGB adapted to D50, IEC 61966-2-1's curve, cut to 0 to
    /// 255.</summary>
    [Theory]
    [InlineData(43, 218, 91, 0, 240, 28)]
    [InlineData(115, 170, 115, 5, 181, 104)]
    [InlineData(217, 102, 149, 255, 9, 155)]
    public void A_wide_profile_is_converted_as_its_numbers_say(byte r, byte g, byte b, byte red, byte green, byte blue)
    {
        byte[] rgb = [.. Enumerable.Repeat(new[] { r, g, b }, 16).SelectMany(pixel => pixel)];
        byte[] expected = [.. Enumerable.Repeat(new[] { red, green, blue }, 16).SelectMany(pixel => pixel)];

        var read = Reader.Read(PlainPng.WithProfile(PlainPng.Encode(4, 4, 8, 2, rgb), PlainProfile.Matrix("Wide", wide: true)));

        AssertNear(expected, read.Pixels);
    }

    [Theory, InlineData(8), InlineData(16)]
    public void A_linear_profile_that_calls_itself_sRGB_is_converted(int depth)
    {
        byte[] rgb = [.. Enumerable.Repeat((byte)64, 4 * 4 * 3)];
        var png = PlainPng.Encode(4, 4, depth, 2, depth == 8 ? rgb : Doubled(rgb));

        var read = Reader.Read(PlainPng.WithProfile(png, PlainProfile.WithGamma("sRGB built-in", wide: false, 1.0)));

        // IEC 61966-2-1: 64/255 of linear light is 1.055 · 0.251^(1/2.4) − 0.055 = 0.537, level 137.
        Assert.All(read.Pixels, value => Assert.InRange(value, 137 - Rounding, 137 + Rounding));
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(0, 16)]
    [InlineData(4, 8)]
    [InlineData(4, 16)]
    public void A_grey_profile_counts_for_grey_with_and_without_alpha(int colourType, int depth)
    {
        var pixel = colourType == 4 ? new byte[] { 64, 255 } : [64];
        byte[] rows = [.. Enumerable.Repeat(pixel, 16).SelectMany(value => value)];

        var read = Reader.Read(
            PlainPng.WithProfile(PlainPng.Encode(4, 4, depth, colourType, depth == 8 ? rows : Doubled(rows)), PlainProfile.Grey(1.0))
        );

        Assert.All(read.Pixels, value => Assert.InRange(value, 137 - Rounding, 137 + Rounding));
    }

    [Fact]
    public void Transparency_stays_with_a_profile_of_sixteen_bits()
    {
        byte[] rgba = [10, 200, 30, 0, 10, 200, 30, 255];
        var png = PlainPng.Encode(2, 1, 16, 6, Doubled(rgba));

        var read = Reader.Read(PlainPng.WithProfile(png, PlainProfile.Matrix("Wide", wide: true)));

        Assert.Equal([255, 255, 255], read.Pixels[..3]);
        Assert.True(read.Pixels[3] < 60 && read.Pixels[4] > 150, $"green stays green, not {string.Join(" ", read.Pixels[3..])}");
    }

    [Fact]
    public void A_profile_of_another_number_of_channels_is_passed_over()
    {
        byte[] rgb = [.. Enumerable.Range(0, 48).Select(i => (byte)(5 * i))];

        Assert.Equal(rgb, Reader.Read(PlainPng.WithProfile(PlainPng.Encode(4, 4, 8, 2, rgb), PlainProfile.Grey(1.0))).Pixels);
    }

    [Fact]
    public void A_profile_of_gamma_2_2_that_calls_itself_sRGB_is_converted()
    {
        // Gamma 2.2 is not sRGB's curve: dark levels are a little darker than sRGB's.
        byte[] rgb = [.. Enumerable.Repeat((byte)20, 48)];

        var gamma = Reader.Read(
            PlainPng.WithProfile(PlainPng.Encode(4, 4, 8, 2, rgb), PlainProfile.WithGamma("sRGB IEC61966-2.1", wide: false, 2.2))
        );

        // (20/255)^2.2 = 0.00370 of light; sRGB: 1.055 · 0.0037^(1/2.4) − 0.055 = 0.0475, level 12.
        Assert.All(gamma.Pixels, value => Assert.InRange(value, 12 - Rounding, 12 + Rounding));
    }

    [Theory, InlineData("Wide Gamut RGB"), InlineData("Display P3"), InlineData("sRGB IEC61966-2.1")]
    public void A_profile_with_sRGBs_numbers_changes_nothing_whatever_it_is_called(string name)
    {
        var picture = TestImages.Noise(9, 7, seed: 8);

        var read = Reader.Read(PlainPng.WithProfile(PlainPng.Encode(9, 7, 8, 2, picture.Pixels), PlainProfile.Srgb(name)));

        Assert.Equal(picture.Pixels, read.Pixels);
    }

    [Fact]
    public void A_damaged_profile_leaves_the_values_as_they_are()
    {
        byte[] rgb = [.. Enumerable.Range(0, 48).Select(i => (byte)(5 * i))];
        var profile = PlainProfile.Matrix("Wide", wide: true);
        for (var length = 1; length < 130; length += 16)
        {
            Assert.Equal(rgb, Reader.Read(PlainPng.WithProfile(PlainPng.Encode(4, 4, 8, 2, rgb), profile[..length])).Pixels);
        }
    }

    private static byte[] Doubled(byte[] samples) => [.. samples.SelectMany(value => new[] { value, value })];

    private static void AssertNear(byte[] expected, byte[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - Rounding, pair.First + Rounding));
}
