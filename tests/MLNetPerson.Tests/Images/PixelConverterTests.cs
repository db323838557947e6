using MLNetPerson.Images;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Images;

public sealed class PixelConverterTests
{
    /// <summary>Levels: the coefficients are rounded to 1/256, the reference's are not.</summary>
    private const int CoefficientTolerance = 2;

    public static TheoryData<PixelFormat, int, int, int> Layouts =>
        new()
        {
            { PixelFormat.Rgb24, 9, 7, 0 },
            { PixelFormat.Rgb24, 9, 7, 64 },
            { PixelFormat.Bgr24, 9, 7, 32 },
            { PixelFormat.Bgra32, 9, 7, 0 },
            { PixelFormat.Bgra32, 9, 7, 64 },
            { PixelFormat.Nv12, 10, 6, 0 },
            { PixelFormat.Nv12, 9, 7, 32 },
            { PixelFormat.I420, 10, 6, 0 },
            { PixelFormat.I420, 9, 7, 0 },
            { PixelFormat.I420, 9, 7, 64 },
            { PixelFormat.Yuyv, 10, 6, 0 },
            { PixelFormat.Yuyv, 9, 7, 64 },
        };

    [Theory, MemberData(nameof(Layouts))]
    public void Every_layout_agrees_with_the_plain_reference(PixelFormat format, int width, int height, int stride)
    {
        var layout = new PixelLayout(format, width, height, stride);
        var seed = Environment.TickCount;
        var frame = new byte[layout.ByteCount];
        new Random(seed).NextBytes(frame);
        var rgb = new byte[width * height * 3];

        PixelConverter.ToRgb(frame, layout, rgb);

        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var expected = Reference(frame, layout, x, y);
                for (var c = 0; c < 3; c++)
                {
                    var actual = rgb[(((y * width) + x) * 3) + c];
                    Assert.True(
                        Math.Abs(expected[c] - actual) <= CoefficientTolerance,
                        $"seed {seed}, pixel {x},{y}, channel {c}: {expected[c]:0.0} expected, {actual} came"
                    );
                }
            }
        }
    }

    [Theory]
    [InlineData(16, 128, 128, 0, 0, 0)] // black
    [InlineData(235, 128, 128, 255, 255, 255)] // white
    [InlineData(81, 90, 240, 255, 0, 0)] // ITU-R BT.601's red
    [InlineData(145, 54, 34, 0, 255, 0)] // green
    [InlineData(41, 240, 110, 0, 0, 255)] // blue
    public void Published_colours_of_bt601_come_out(int y, int u, int v, int r, int g, int b)
    {
        var rgb = new byte[6];

        PixelConverter.ToRgb([(byte)y, (byte)u, (byte)y, (byte)v], new PixelLayout(PixelFormat.Yuyv, 2, 1), rgb);

        for (var i = 0; i < 6; i++)
        {
            Assert.InRange(rgb[i], new[] { r, g, b }[i % 3] - CoefficientTolerance, new[] { r, g, b }[i % 3] + CoefficientTolerance);
        }
    }

    [Fact]
    public void A_frame_of_another_length_or_a_stride_below_the_row_is_refused_by_number()
    {
        var short1 = Assert.Throws<ArgumentException>(() =>
            PixelConverter.ToRgb(new byte[100], new PixelLayout(PixelFormat.Nv12, 8, 8), new byte[192])
        );
        var stride = Assert.Throws<ArgumentException>(() =>
            PixelConverter.ToRgb(new byte[192], new PixelLayout(PixelFormat.Rgb24, 8, 8, 20), new byte[192])
        );

        Assert.Contains("100 bytes are not 8 x 8 pixels of nv12 in rows of 8 bytes, which take 96", short1.Message);
        Assert.Contains("rows of 20 bytes: 8 pixels of rgb24 take 24", stride.Message);
    }

    [Fact]
    public void A_last_row_without_its_padding_is_a_whole_frame()
    {
        var picture = TestImages.Noise(5, 2, seed: 1);
        byte[] padded = [.. picture.Pixels[..15], 7, 7, 7, 7, 7, .. picture.Pixels[15..]];
        var rgb = new byte[30];

        PixelConverter.ToRgb(padded, new PixelLayout(PixelFormat.Rgb24, 5, 2, 20), rgb);

        Assert.Equal(picture.Pixels, rgb);
    }

    /// <summary>The standard's formula, pixel by pixel, in floating point: ITU-R BT.601-7, section 2.5, limited range.</summary>
    private static double[] Reference(byte[] frame, PixelLayout layout, int x, int y)
    {
        var stride = layout.RowStride;
        var planes = stride * layout.Height;
        var chroma = (stride + 1) / 2;
        switch (layout.Format)
        {
            case PixelFormat.Rgb24:
                return [frame[(y * stride) + (x * 3)], frame[(y * stride) + (x * 3) + 1], frame[(y * stride) + (x * 3) + 2]];
            case PixelFormat.Bgr24:
                return [frame[(y * stride) + (x * 3) + 2], frame[(y * stride) + (x * 3) + 1], frame[(y * stride) + (x * 3)]];
            case PixelFormat.Bgra32:
                return [frame[(y * stride) + (x * 4) + 2], frame[(y * stride) + (x * 4) + 1], frame[(y * stride) + (x * 4)]];
            case PixelFormat.Yuyv:
                var pair = (y * stride) + (x / 2 * 4);
                return Yuv(frame[pair + (x % 2 * 2)], frame[pair + 1], frame[pair + 3]);
            case PixelFormat.Nv12:
                var both = planes + (y / 2 * stride) + (x / 2 * 2);
                return Yuv(frame[(y * stride) + x], frame[both], frame[both + 1]);
            default:
                var at = (y / 2 * chroma) + (x / 2);
                return Yuv(frame[(y * stride) + x], frame[planes + at], frame[planes + (chroma * ((layout.Height + 1) / 2)) + at]);
        }
    }

    private static double[] Yuv(int y, int u, int v)
    {
        var (luma, pb, pr) = ((y - 16) / 219.0, (u - 128) / 224.0, (v - 128) / 224.0);
        double[] rgb = [luma + (1.402 * pr), luma - (0.344136 * pb) - (0.714136 * pr), luma + (1.772 * pb)];
        return [.. rgb.Select(value => Math.Clamp(value * 255, 0, 255))];
    }
}
