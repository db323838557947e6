using MLNetPerson.Images;
using MLNetPerson.Streaming;
using MLNetPerson.Testing;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Tests.Streaming;

public sealed class RawVideoTests
{
    private static readonly RawVideoOptions Small = new()
    {
        Width = 4,
        Height = 3,
        FramesPerSecond = 10,
    };

    /// <summary>A photograph-like picture: drawn figures, with the noise that every camera has.</summary>
    private static readonly RgbImage Picture = Noisy(GoldenPictures.Draw(new ImageSpec(320, 240), seed: 5, figures: 3));

    [Fact]
    public async Task Frames_come_whole_in_order_and_with_their_time_however_the_bytes_arrive()
    {
        var bytes = Enumerable.Range(0, 36 * 5).Select(i => (byte)i).ToArray();
        using var stream = new DribblingStream(bytes, 7);

        var frames = await new RawVideo(stream, Small).ReadAsync().ToListAsync();

        Assert.Equal(bytes, frames.SelectMany(frame => frame.Rgb.ToArray()));
        Assert.Equal([0, 1, 2, 3, 4], frames.Select(frame => frame.Index));
        Assert.Equal([0, 0.1, 0.2, 0.3, 0.4], frames.Select(frame => frame.Time.TotalSeconds));
        Assert.All(frames, frame => Assert.Equal((4, 3), (frame.Width, frame.Height)));
        frames[0].Dispose();
        Assert.Throws<ObjectDisposedException>(() => frames[0].Rgb);
    }

    [Fact]
    public async Task A_stream_that_ends_within_a_frame_gives_the_whole_ones_and_says_what_is_wrong()
    {
        using var stream = new MemoryStream(new byte[36 + 36 + 10]);
        var frames = 0;

        var fault = (
            await Assert.ThrowsAsync<StreamException>(async () =>
            {
                await foreach (var frame in new RawVideo(stream, Small).ReadAsync())
                {
                    frames++;
                }
            })
        ).Message;

        Assert.Equal(2, frames);
        Assert.Equal(
            "'stdin' ended within frame 3, after 10 of its 36 bytes (4 x 3 pixels of rgb24 in rows of 12). Either its writer was "
                + "stopped, or its frames have another size or pixel format: "
                + "ffmpeg -i FILE -f rawvideo -pix_fmt rgb24 -s 4x3 - makes the right ones.",
            fault
        );
    }

    [Fact]
    public async Task A_stream_without_a_frame_is_an_error() =>
        Assert.StartsWith(
            "'stdin' ended without a frame.",
            (
                await Assert.ThrowsAsync<StreamException>(async () => await new RawVideo(Stream.Null, Small).ReadAsync().ToListAsync())
            ).Message
        );

    [Theory]
    [InlineData("RIFF\u0001\u0002\u0003\u0004AVI LIST", "an AVI file")]
    [InlineData("YUV4MPEG2 W640 H480 F30:1", "a YUV4MPEG2 stream")]
    [InlineData("\0\0\0\u0020ftypisom\0\0", "an MP4 file")]
    [InlineData("\u001a\u0045\u00df\u00a3\u0001\u0002", "a Matroska or WebM file")]
    [InlineData("\u0089PNG\r\n\u001a\n\0\0\0\rIHDR\0\0", "a PNG picture")]
    public async Task A_file_that_is_no_raw_video_is_recognised(string start, string format)
    {
        using var stream = new MemoryStream([.. start.Select(letter => (byte)letter), .. new byte[100]]);

        var fault = (
            await Assert.ThrowsAsync<StreamException>(async () => await new RawVideo(stream, Small).ReadAsync().ToListAsync())
        ).Message;

        Assert.StartsWith($"'stdin' begins like {format}, raw frames are read here.", fault);
    }

    [Theory]
    [
        InlineData(0, 3, null),
        InlineData(3, 0, null),
        InlineData(16_385, 1, null),
        InlineData(4, 3, 0.0),
        InlineData(4, 3, double.NaN),
        InlineData(4, 3, 20_000.0)
    ]
    public void Options_out_of_range_are_refused(int width, int height, double? rate) =>
        Assert.Throws<ArgumentException>(() =>
            new RawVideo(
                Stream.Null,
                new RawVideoOptions
                {
                    Width = width,
                    Height = height,
                    FramesPerSecond = rate,
                }
            )
        );

    [Fact]
    public async Task What_was_said_rightly_is_not_doubted()
    {
        Assert.Null(await DoubtOf(Picture.Pixels, 320, 240));
        Assert.Null(await DoubtOf(new byte[320 * 240 * 3], 320, 240));
        Assert.Null(await DoubtOf(TestImages.Noise(320, 240, seed: 3).Pixels, 320, 240));
        Assert.Null(await DoubtOf([.. Luma().SelectMany(level => new[] { level, level, level })], 320, 240)); // an infrared camera's grey
    }

    [Fact]
    public async Task Frames_are_judged_until_some_were_seen_clearly()
    {
        var luma = Luma();
        byte[] yuv = [.. luma, .. Enumerable.Repeat((byte)120, 320 * 240 / 4), .. Enumerable.Repeat((byte)130, 320 * 240 / 4)];
        byte[] black = [.. Enumerable.Repeat((byte)16, 320 * 240), .. Enumerable.Repeat((byte)128, 320 * 240 / 2)];
        byte[] noise = TestImages.Noise(320, 240, seed: 9).Pixels;
        byte[] start = [.. Enumerable.Repeat(black, 6).SelectMany(frame => frame), .. noise];

        Assert.Contains(
            "one byte a pixel better",
            await DoubtOf([.. start, .. Enumerable.Repeat(yuv, 6).SelectMany(frame => frame)], 320, 240)
        );
    }

    [Theory, InlineData(64), InlineData(32), InlineData(256), InlineData(512)]
    public async Task Padded_rows_are_doubted_by_their_length_and_read_with_a_stride(int padding)
    {
        var stride = ((318 * 3) + padding - 1) / padding * padding;
        var padded = new byte[stride * 240];
        byte[] rows = [.. Enumerable.Range(0, 240).SelectMany(y => Picture.Pixels[(y * 960)..((y * 960) + 954)])];
        for (var y = 0; y < 240; y++)
        {
            rows.AsSpan(y * 954, 954).CopyTo(padded.AsSpan(y * stride));
        }

        Assert.Contains($"rows of {stride} bytes better", await DoubtOf([.. padded, .. padded, .. padded], 318, 240));

        using var stream = new MemoryStream(padded);
        var video = new RawVideo(
            stream,
            new RawVideoOptions
            {
                Width = 318,
                Height = 240,
                Stride = stride,
                FramesPerSecond = 5,
            }
        );
        var frame = Assert.Single(await video.ReadAsync().ToListAsync());
        Assert.Equal(rows, frame.Rgb.ToArray());
        Assert.Null(video.Doubt);
    }

    [Theory, InlineData(PixelFormat.Bgr24), InlineData(PixelFormat.Bgra32), InlineData(PixelFormat.I420), InlineData(PixelFormat.Yuyv)]
    public async Task Frames_of_every_format_become_rgb_and_right_ones_are_not_doubted(PixelFormat format)
    {
        var layout = new PixelLayout(format, 320, 240);
        var (bytes, luma) = (new byte[layout.ByteCount], Luma());
        for (var i = 0; i < 320 * 240; i++)
        {
            switch (format)
            {
                case PixelFormat.Bgr24 or PixelFormat.Bgra32:
                    var at = i * (format == PixelFormat.Bgr24 ? 3 : 4);
                    (bytes[at], bytes[at + 1], bytes[at + 2]) = (
                        Picture.Pixels[(i * 3) + 2],
                        Picture.Pixels[(i * 3) + 1],
                        Picture.Pixels[i * 3]
                    );
                    break;
                case PixelFormat.Yuyv:
                    (bytes[i * 2], bytes[(i * 2) + 1]) = (luma[i], 128);
                    break;
                default:
                    bytes[i] = luma[i];
                    break;
            }
        }

        bytes.AsSpan(format == PixelFormat.I420 ? 320 * 240 : bytes.Length).Fill(128);
        using var stream = new MemoryStream(bytes);
        var video = new RawVideo(
            stream,
            new RawVideoOptions
            {
                Width = 320,
                Height = 240,
                PixelFormat = format,
                FramesPerSecond = 5,
            }
        );

        var rgb = Assert.Single(await video.ReadAsync().ToListAsync()).Rgb.ToArray();

        var expected = new byte[320 * 240 * 3];
        PixelConverter.ToRgb(bytes, layout, expected);
        Assert.Equal(expected, rgb);
        Assert.Null(video.Doubt);
    }

    [Fact]
    public async Task A_wrong_pixel_format_is_doubted()
    {
        var luma = Luma();
        byte[] yuv420 =
        [
            .. luma,
            .. luma.Where((_, i) => i % 4 == 0).Select(_ => (byte)120),
            .. luma.Where((_, i) => i % 4 == 0).Select(_ => (byte)130),
        ];
        byte[] rgba =
        [
            .. Enumerable
                .Range(0, 320 * 240)
                .SelectMany(i => new[] { Picture.Pixels[i * 3], Picture.Pixels[(i * 3) + 1], Picture.Pixels[(i * 3) + 2], (byte)255 }),
        ];

        Assert.Contains(
            "one byte a pixel better (gray, or the brightness plane of yuv420p",
            await DoubtOf([.. yuv420, .. yuv420], 320, 240)
        );
        Assert.Contains("four bytes a pixel better", await DoubtOf([.. rgba, .. rgba], 320, 240));
    }

    [Fact]
    public async Task A_wrong_size_is_doubted()
    {
        byte[] four = [.. Picture.Pixels, .. Picture.Pixels, .. Picture.Pixels, .. Picture.Pixels];

        Assert.Contains("it fits a width of 320 pixels better", await DoubtOf(Picture.Pixels, 240, 320));
        Assert.Contains("it fits a width of 320 pixels better", await DoubtOf(four, 640, 480));
    }

    private static byte[] Luma() =>
        [
            .. Enumerable
                .Range(0, 320 * 240)
                .Select(i => (byte)((Picture.Pixels[i * 3] + (2 * Picture.Pixels[(i * 3) + 1]) + Picture.Pixels[(i * 3) + 2]) / 4)),
        ];

    private static async Task<string?> DoubtOf(byte[] frames, int width, int height)
    {
        var size = width * height * 3;
        using var stream = new MemoryStream(frames, 0, frames.Length / size * size);
        var video = new RawVideo(
            stream,
            new RawVideoOptions
            {
                Width = width,
                Height = height,
                FramesPerSecond = 5,
            }
        );
        await foreach (var frame in video.ReadAsync())
        {
            frame.Dispose();
            if (video.Doubt is not null)
            {
                break;
            }
        }

        return video.Doubt;
    }

    private static RgbImage Noisy(RgbImage image)
    {
        var random = new Random(11);
        return new RgbImage(
            image.Width,
            image.Height,
            [.. image.Pixels.Select(level => (byte)Math.Clamp(level + random.Next(-4, 5), 0, 255))]
        );
    }

    /// <summary>Gives a few bytes at a time, as pipes do.</summary>
    private sealed class DribblingStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(most, buffer.Length)]);
    }
}
