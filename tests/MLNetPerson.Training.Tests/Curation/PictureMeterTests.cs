using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Curation.Pictures;

namespace MLNetPerson.Training.Tests.Curation;

public sealed class PictureMeterTests
{
    [Theory, InlineData(40, 30), InlineData(9, 3), InlineData(3, 9), InlineData(1, 1), InlineData(2, 1)]
    public void Blur_is_the_papers_formula(int width, int height)
    {
        var grey = new byte[width * height];
        new Random(width).NextBytes(grey);

        Assert.Equal(PlainBlur(grey, width, height), BlurMeasure.Of(grey, width, height), 1e-12);
    }

    [Fact]
    public void Blurring_a_picture_raises_its_blur()
    {
        var sharp = TestImages.Noise(200, 160, seed: 1);
        var soft = CuratedPictures.Scale(CuratedPictures.Scale(sharp, 25, 20), 200, 160);

        Assert.True(Blur(sharp) + 0.2 < Blur(soft), $"{Blur(sharp)} and {Blur(soft)}");
    }

    [Fact]
    public void Grey_contrast_and_size_are_measured()
    {
        byte[] half = [.. Enumerable.Range(0, 100 * 50).SelectMany(i => Enumerable.Repeat((byte)(i % 100 < 50 ? 0 : 200), 3))];
        var measures = Measure(new RgbImage(100, 50, half));

        Assert.Equal((100, 50, 2.0), (measures.Width, measures.Height, measures.Aspect));
        Assert.Equal(100, measures.MeanGrey, 1.0);
        Assert.Equal(100, measures.Contrast, 1.0);
    }

    [Fact]
    public void A_hash_forgives_scaling_and_compression_and_knows_the_mirror()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var scene = CuratedPictures.Scene(seed);
            var hash = Measure(scene).Hash;
            Assert.InRange(
                PerceptualHash.Distance(
                    hash,
                    new PictureMeter().Measure(ImageWriter.EncodeJpeg(CuratedPictures.Scale(scene, 100, 75), 50)).Hash
                ),
                0,
                6
            );
            Assert.InRange(PerceptualHash.Distance(PerceptualHash.Mirror(hash), Measure(CuratedPictures.Mirror(scene)).Hash), 0, 3);
            Assert.InRange(PerceptualHash.Distance(hash, Measure(CuratedPictures.Scene(seed + 100)).Hash), 14, 50);
            Assert.Equal(hash, PerceptualHash.Mirror(PerceptualHash.Mirror(hash)));
        }
    }

    private static double Blur(RgbImage image) => Measure(image).Blur;

    private static PictureMeasures Measure(RgbImage image) => new PictureMeter().Measure(ImageWriter.EncodePng(image));

    /// <summary>Blurs the whole picture by a mean of nine along the line, edges repeated, and compares differences.</summary>
    private static double PlainBlur(byte[] grey, int width, int height)
    {
        double Along(Func<int, int, double> pixel, int length, int lines)
        {
            double Blurred(int line, int i) =>
                Enumerable.Range(-4, 9).Average(offset => pixel(line, Math.Clamp(i + offset, 0, length - 1)));
            double sharp = 0,
                lost = 0;
            for (var line = 0; line < lines; line++)
            {
                for (var i = 1; i < length; i++)
                {
                    var before = Math.Abs(pixel(line, i) - pixel(line, i - 1));
                    sharp += before;
                    lost += Math.Max(0, before - Math.Abs(Blurred(line, i) - Blurred(line, i - 1)));
                }
            }

            return sharp == 0 ? 1 : (sharp - lost) / sharp;
        }

        return Math.Max(Along((y, x) => grey[(y * width) + x], width, height), Along((x, y) => grey[(y * width) + x], height, width));
    }
}
