using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Images;

public sealed class ResamplerTests
{
    /// <summary>Hashes of what Pillow 9.4.0's <c>resize(size, BILINEAR)</c> makes of the same pixels, so that anyone with it can feed a
    /// package right.</summary>
    [Theory]
    [InlineData(40, 30, 17, 11, "3a36d1a397688810")]
    [InlineData(9, 7, 20, 25, "496d8e651396631f")]
    [InlineData(300, 200, 32, 32, "1ecd9d18d74b7d83")]
    [InlineData(1, 1, 8, 8, "bc4d8b346572244f")]
    [InlineData(5, 100, 5, 10, "7b5711c1965508d9")]
    [InlineData(100, 5, 7, 5, "fabeaa450dcfd4bb")]
    [InlineData(640, 480, 224, 224, "abae4b482b2ee6ec")]
    [InlineData(2, 2, 3, 3, "61bb3ac528186e05")]
    [InlineData(1000, 3, 1, 1, "ccd5192eaed473e8")]
    public void Pixels_are_those_of_Pillow(int width, int height, int newWidth, int newHeight, string sha256)
    {
        var pixels = Formula(width, height);
        var resized = new byte[newWidth * newHeight * 3];

        ImageReader.Resize(pixels, width, height, new ImageSpec(newWidth, newHeight), resized);

        Assert.StartsWith(sha256, Sha256Text.OfBytes(resized));
    }

    [Fact]
    public void Pixels_are_those_of_a_plain_loop()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var (width, height, newWidth, newHeight) = (random.Next(1, 70), random.Next(1, 70), random.Next(1, 50), random.Next(1, 50));
            var pixels = TestImages.Noise(width, height, seed + round).Pixels;
            var actual = new byte[newWidth * newHeight * 3];

            ImageReader.Resize(pixels, width, height, new ImageSpec(newWidth, newHeight), actual);

            Assert.True(
                Reference.Resize(pixels, width, height, newWidth, newHeight).SequenceEqual(actual),
                $"seed {seed}: {width} x {height} to {newWidth} x {newHeight}"
            );
        }
    }

    [Fact]
    public void One_colour_stays_one_colour()
    {
        foreach (var value in new byte[] { 0, 1, 127, 254, 255 })
        {
            var pixels = Enumerable.Repeat(value, 31 * 17 * 3).ToArray();
            var resized = new byte[13 * 40 * 3];

            ImageReader.Resize(pixels, 31, 17, new ImageSpec(13, 40), resized);

            Assert.All(resized, pixel => Assert.Equal(value, pixel));
        }
    }

    [Theory]
    [InlineData(90, 30, ResizeKind.Squash, "0 0 90 30 → 0 0 16 16")]
    [InlineData(90, 30, ResizeKind.CenterCrop, "30 0 30 30 → 0 0 16 16")]
    [InlineData(30, 91, ResizeKind.CenterCrop, "0 30 30 30 → 0 0 16 16")]
    [InlineData(90, 30, ResizeKind.Pad, "0 0 90 30 → 0 5 16 5")]
    [InlineData(30, 90, ResizeKind.Pad, "0 0 30 90 → 5 0 5 16")]
    [InlineData(1, 4000, ResizeKind.Pad, "0 0 1 4000 → 7 0 1 16")]
    [InlineData(1, 4000, ResizeKind.CenterCrop, "0 1999 1 1 → 0 0 16 16")]
    public void Plans_are_in_whole_pixels(int width, int height, ResizeKind resize, string expected)
    {
        var plan = ResizePlan.For(width, height, new ImageSpec(16, 16, resize));

        Assert.Equal(
            expected,
            $"{plan.CropLeft} {plan.CropTop} {plan.CropWidth} {plan.CropHeight} → {plan.Left} {plan.Top} {plan.Width} {plan.Height}"
        );
    }

    [Fact]
    public void A_large_jpeg_that_shrinks_while_decoding_looks_like_one_that_does_not()
    {
        var image = TestImages.Corners(1600, 1200);
        var spec = new ImageSpec(64, 64);
        var (jpeg, png) = (new byte[spec.ByteCount], new byte[spec.ByteCount]);

        new ImageReader().ReadResized(TestImages.Jpeg(image), spec, jpeg);
        new ImageReader().ReadResized(ImageWriter.EncodePng(image), spec, png);

        Assert.InRange(jpeg.Zip(png, (a, b) => Math.Abs(a - b)).Max(), 0, 4);
    }

    private static byte[] Formula(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
            pixels[i] = (byte)((x * x * 3) + (y * y * 5) + (x * y * 7) + (c * 83));
        }

        return pixels;
    }
}
