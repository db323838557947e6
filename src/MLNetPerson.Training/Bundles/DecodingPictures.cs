using System.Collections.Immutable;
using MLNetPerson.Images;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Bundles;

/// <summary>
/// Drawn pictures that a decoder and a resizer can be tested with: large, fine-grained, different in every corner, and of another shape
/// than the input, so that what is usually done wrong (channels swapped, not turned upright, cropped, thinned out instead of averaged)
/// shows.
/// </summary>
internal static class DecodingPictures
{
    /// <summary>Resizing alone is defined to the byte, but other triangles round coarsely: ffmpeg's is off by 0.99 on these pictures. A box
    /// is off by 2.03, no antialiasing by 8.</summary>
    private const double LosslessMeanDifference = 1.5;

    /// <summary>JPEG decoders differ in rounding and in how they smooth colours: jpeg-js is off by 0.65, ffmpeg with its own triangle by
    /// 1.66. No antialiasing is off by 6.1.</summary>
    private const double LossyMeanDifference = 2.5;

    private const int Width = 640;
    private const int Height = 480;

    /// <summary>How much of a picture is noise, in parts of 256.</summary>
    private const int Grain = 64;

    private const byte LyingOnItsSide = 6;

    private static readonly Lazy<ImmutableArray<(string Name, string Ending, byte[] Picture, string Tests, double MeanDifference)>> Drawn =
        new(() =>
            [
                (
                    "resize",
                    ".png",
                    ImageWriter.EncodePng(Grained(Width, Height, seed: 31)),
                    "resizing, without loss before it",
                    LosslessMeanDifference
                ),
                (
                    "jpeg",
                    ".jpg",
                    ImageWriter.EncodeJpeg(Grained(Width, Height, seed: 32)),
                    "a JPEG with thinned-out colours, and resizing",
                    LossyMeanDifference
                ),
                (
                    "upright",
                    ".jpg",
                    ExifOrientation.Insert(ImageWriter.EncodeJpeg(Grained(Width, Height, seed: 33)), LyingOnItsSide),
                    "a JPEG that lies on its side (Exif orientation 6) and must be turned upright before it is resized",
                    LossyMeanDifference
                ),
            ]
        );

    /// <summary>Name, file ending, encoded bytes, what it tests, and how far from the expected tensor another implementation may
    /// be.</summary>
    public static ImmutableArray<(string Name, string Ending, byte[] Picture, string Tests, double MeanDifference)> All => Drawn.Value;

    private static RgbImage Grained(int width, int height, int seed)
    {
        var scene = GoldenPictures.Draw(new ImageSpec(width, height), seed, figures: 3).Pixels;
        var noise = GoldenPictures.Noise(new ImageSpec(width, height), seed).Pixels;
        var mixed = new byte[scene.Length];
        for (var i = 0; i < mixed.Length; i++)
        {
            mixed[i] = (byte)(((scene[i] * (256 - Grain)) + (noise[i] * Grain)) >> 8);
        }

        return new RgbImage(width, height, mixed);
    }
}
