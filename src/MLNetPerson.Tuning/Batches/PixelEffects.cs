using MLNetPerson.Images;

namespace MLNetPerson.Tuning.Batches;

/// <summary>Changes of colours, light and sharpness on pixels of the input's size, in place.</summary>
internal static class PixelEffects
{
    /// <summary>What padding is filled with, zero after the usual normalisations.</summary>
    public const byte Grey = 128;

    /// <summary>Applies what was drawn, in the order of a camera: light, sensor, colours, optics, encoding; at last mirrored and
    /// covered.</summary>
    public static void Apply(Augmentation drawn, ImageSpec spec, Span<byte> pixels)
    {
        if (drawn.IsNothing)
        {
            return;
        }

        var dice = drawn.Noise;
        if (drawn.Light < 1)
        {
            Darken(pixels, drawn.Light, ref dice);
        }

        Tone(pixels, drawn.Brightness, drawn.Contrast);
        if (drawn.Infrared)
        {
            Infrared(pixels, spec, ref dice);
        }
        else if (drawn.Saturation != 1)
        {
            Saturate(pixels, drawn.Saturation);
        }

        for (var pass = 0; pass < drawn.Blur; pass++)
        {
            Blur(pixels, spec);
        }

        if (drawn.JpegQuality > 0)
        {
            var jpeg = ImageWriter.EncodeJpeg(new RgbImage(spec.Width, spec.Height, pixels.ToArray()), drawn.JpegQuality);
            new ImageReader().ReadResized(jpeg, spec with { Resize = ResizeKind.Squash }, pixels);
        }

        if (drawn.Flip)
        {
            Mirror(pixels, spec);
        }

        if (drawn.Erased is { } erased)
        {
            Erase(pixels, spec, erased);
        }
    }

    /// <summary>(value − mean) · contrast + mean, times brightness.</summary>
    public static void Tone(Span<byte> pixels, double brightness, double contrast)
    {
        if (brightness == 1 && contrast == 1)
        {
            return;
        }

        long sum = 0;
        foreach (var value in pixels)
        {
            sum += value;
        }

        var mean = sum / (double)pixels.Length;
        Span<byte> table = stackalloc byte[256];
        for (var i = 0; i < 256; i++)
        {
            table[i] = ToByte((((i - mean) * contrast) + mean) * brightness);
        }

        Look(pixels, table);
    }

    /// <summary>Towards the pixel's own luminance, or away from it. Weights: ITU-R BT.601.</summary>
    public static void Saturate(Span<byte> pixels, double saturation)
    {
        var factor = (int)Math.Round(saturation * 256);
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var luminance = ((pixels[i] * 77) + (pixels[i + 1] * 150) + (pixels[i + 2] * 29)) >> 8;
            for (var channel = i; channel < i + 3; channel++)
            {
                pixels[channel] = (byte)Math.Clamp(luminance + (((pixels[channel] - luminance) * factor) >> 8), 0, 255);
            }
        }
    }

    public static void Mirror(Span<byte> pixels, ImageSpec spec)
    {
        for (var y = 0; y < spec.Height; y++)
        {
            var row = pixels.Slice(y * spec.Width * 3, spec.Width * 3);
            for (int left = 0, right = (spec.Width - 1) * 3; left < right; left += 3, right -= 3)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    (row[left + channel], row[right + channel]) = (row[right + channel], row[left + channel]);
                }
            }
        }
    }

    private static void Darken(Span<byte> pixels, double light, ref Dice dice)
    {
        // Photons arrive by chance: noise grows with the root of the signal, and the sensor adds some of its own.
        Span<double> spread = stackalloc double[256];
        for (var i = 0; i < 256; i++)
        {
            spread[i] = Math.Sqrt((i * light * 0.6) + 4);
        }

        for (var i = 0; i < pixels.Length; i++)
        {
            var noise = (dice.Uniform() + dice.Uniform() + dice.Uniform() - 1.5) * 2; // variance 1
            pixels[i] = ToByte((pixels[i] * light) + (noise * spread[pixels[i]]));
        }
    }

    private static void Infrared(Span<byte> pixels, ImageSpec spec, ref Dice dice)
    {
        for (var y = 0; y < spec.Height; y++)
        {
            var dy = (y - (spec.Height / 2.0)) / spec.Height;
            for (var x = 0; x < spec.Width; x++)
            {
                var i = ((y * spec.Width) + x) * 3;
                var dx = (x - (spec.Width / 2.0)) / spec.Width;
                var lamp = 1.25 - (1.6 * ((dx * dx) + (dy * dy))); // brightest in the middle, 0.45 in the corners
                var value = (0.6 * pixels[i]) + (0.3 * pixels[i + 1]) + (0.1 * pixels[i + 2]);
                pixels[i] = pixels[i + 1] = pixels[i + 2] = ToByte((value * lamp) + ((dice.Uniform() - 0.5) * 16));
            }
        }
    }

    /// <summary>1 2 1 in both directions.</summary>
    private static void Blur(Span<byte> pixels, ImageSpec spec)
    {
        var old = pixels.ToArray();
        Pass(old, pixels, 3, spec.Width, spec.Height, spec.Width * 3);
        pixels.CopyTo(old);
        Pass(old, pixels, spec.Width * 3, spec.Height, spec.Width, 3);

        static void Pass(ReadOnlySpan<byte> from, Span<byte> to, int step, int count, int lines, int next)
        {
            for (var line = 0; line < lines; line++)
            {
                for (var i = 0; i < count; i++)
                {
                    for (var channel = 0; channel < 3; channel++)
                    {
                        var at = (line * next) + (i * step) + channel;
                        to[at] = (byte)((from[i == 0 ? at : at - step] + (2 * from[at]) + from[i == count - 1 ? at : at + step] + 2) / 4);
                    }
                }
            }
        }
    }

    private static void Erase(Span<byte> pixels, ImageSpec spec, RelativeBox box)
    {
        int left = (int)(box.Left * spec.Width),
            width = Math.Min((int)(box.Width * spec.Width), spec.Width - left);
        int top = (int)(box.Top * spec.Height),
            bottom = Math.Min(top + (int)(box.Height * spec.Height), spec.Height);
        for (var y = top; y < bottom; y++)
        {
            pixels.Slice(((y * spec.Width) + left) * 3, width * 3).Fill(Grey);
        }
    }

    private static void Look(Span<byte> pixels, ReadOnlySpan<byte> table)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = table[pixels[i]];
        }
    }

    private static byte ToByte(double value) => (byte)Math.Clamp(value + 0.5, 0, 255);
}
