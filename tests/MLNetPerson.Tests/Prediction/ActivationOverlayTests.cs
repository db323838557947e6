using System.Collections.Immutable;
using MLNetPerson.Images;
using MLNetPerson.Prediction;

namespace MLNetPerson.Tests.Prediction;

public sealed class ActivationOverlayTests
{
    [Fact]
    public void Evidence_for_a_person_is_orange_evidence_against_one_is_blue_none_is_grey()
    {
        var drawn = ActivationOverlay.Heat(Grey(90, 60), Map(new ImageSpec(32, 32), 90, 60, [1, 0, -1, 1, 0, -1, 1, 0, -1]));

        var (left, middle, right) = (Pixel(drawn, 10, 30), Pixel(drawn, 45, 30), Pixel(drawn, 80, 30));
        Assert.True(left.Red > left.Green && left.Green > left.Blue, $"{left}");
        Assert.True(right.Blue > right.Green && right.Green > right.Red, $"{right}");
        Assert.InRange(middle.Red - middle.Blue, -5, 5);
        Assert.Equal((90, 60), (drawn.Width, drawn.Height));
    }

    [Theory]
    [InlineData(ResizeKind.CenterCrop, true)]
    [InlineData(ResizeKind.Squash, false)]
    [InlineData(ResizeKind.Pad, false)]
    public void What_the_model_did_not_see_has_no_colour(ResizeKind resize, bool bordersUnseen)
    {
        var drawn = ActivationOverlay.Heat(Grey(90, 30), Map(new ImageSpec(32, 32, resize), 90, 30, [.. Enumerable.Repeat(1f, 9)]));

        var (border, middle) = (Pixel(drawn, 5, 15), Pixel(drawn, 45, 15));
        Assert.Equal(bordersUnseen, border.Red == border.Blue);
        Assert.True(middle.Red > middle.Blue + 50, $"{middle}");
    }

    [Fact]
    public void A_padded_picture_takes_its_colours_from_its_own_rows()
    {
        // 90 x 30 in a square: the picture fills the middle third of the input's height, so the middle row of places.
        var drawn = ActivationOverlay.Heat(
            Grey(90, 30),
            Map(new ImageSpec(96, 96, ResizeKind.Pad), 90, 30, [-1, -1, -1, 1, 1, 1, -1, -1, -1])
        );

        var middle = Pixel(drawn, 45, 15);
        Assert.True(middle.Red > middle.Blue + 50, $"{middle}");
    }

    [Theory]
    [InlineData(40, 30)]
    [InlineData(640, 480)]
    [InlineData(10, 700)]
    [InlineData(4000, 3000)]
    public void A_caption_stands_below_a_picture_of_any_shape(int width, int height)
    {
        var drawn = ActivationOverlay.WithCaption(Grey(width, height), Map(new ImageSpec(32, 32), width, height, [.. new float[9]]));

        var factor =
            Math.Clamp(Math.Max(width, height), ActivationOverlay.LeastPixels, ActivationOverlay.MostPixels)
            / (double)Math.Max(width, height);
        Assert.InRange(drawn.Height, (height * factor) + 40, (height * factor) + 400);
        Assert.True(drawn.Width >= (int)(width * factor));
        // Ink on the strip: words and a bar with both colours at its ends.
        var strip = drawn.Pixels.AsSpan(drawn.Width * 3 * (int)Math.Round(height * factor)).ToArray().Chunk(3).ToList();
        Assert.Contains(strip, pixel => pixel is [> 230, > 230, > 220]);
        Assert.Contains(strip, pixel => pixel[0] > pixel[2] + 100);
        Assert.Contains(strip, pixel => pixel[2] > pixel[0] + 100);
    }

    [Fact]
    public void Lightness_is_that_of_published_values()
    {
        // White, and the blue of sRGB, from the paper's own tables.
        Assert.Equal(1, OkLab.Of(255, 255, 255).L, 4);
        var blue = OkLab.Of(0, 0, 255);
        Assert.Equal((0.452, -0.032, -0.312), (Math.Round(blue.L, 3), Math.Round(blue.A, 3), Math.Round(blue.B, 3)));
        foreach (var (red, green, last) in new[] { (0, 0, 0), (12, 200, 90), (255, 128, 3), (77, 77, 77) })
        {
            Assert.Equal(((byte)red, (byte)green, (byte)last), OkLab.Of((byte)red, (byte)green, (byte)last).ToRgb());
        }
    }

    [Fact]
    public void Every_digit_looks_different()
    {
        var drawn = "0123456789"
            .Select(digit =>
            {
                var pixels = new byte[40 * 40 * 3];
                Lettering.Write(pixels, 40, digit.ToString(), 4, 4, 2, (255, 255, 255));
                return Convert.ToBase64String(pixels);
            })
            .ToList();

        Assert.Equal(10, drawn.Distinct().Count());
        Assert.Throws<ArgumentException>(() => Lettering.Measure("Ω"));
    }

    private static RgbImage Grey(int width, int height) => new(width, height, [.. Enumerable.Repeat((byte)128, width * height * 3)]);

    /// <summary>3 x 3 places of full evidence times the given values.</summary>
    private static ActivationMap Map(ImageSpec input, int width, int height, ImmutableArray<float> values) =>
        new(
            3,
            3,
            [.. values.Select(value => (float)(value * ActivationOverlay.FullScale / 9))],
            0,
            0,
            new PersonPrediction(0.5f, false),
            input,
            width,
            height
        );

    private static (byte Red, byte Green, byte Blue) Pixel(RgbImage image, int x, int y) =>
        (
            image.Pixels[((y * image.Width) + x) * 3],
            image.Pixels[(((y * image.Width) + x) * 3) + 1],
            image.Pixels[(((y * image.Width) + x) * 3) + 2]
        );
}
