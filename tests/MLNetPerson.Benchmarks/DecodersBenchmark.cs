using System.Globalization;
using System.Text;
using ImageMagick;
using MLNetPerson.Files;
using MLNetPerson.Images;

namespace MLNetPerson.Benchmarks;

/// <summary>
/// <c>decoders FOLDER [FILE.csv]</c>: decodes every file in a folder with this project's reader and with ImageMagick (package
/// Magick.NET), both to upright sRGB on white, and reports the mean difference. What only one of them reads, and what differs by more than
/// <see cref="Tolerance"/> levels, is to be explained by hand.
/// </summary>
internal static class DecodersBenchmark
{
    /// <summary>Mean difference in levels of 255 up to which two decoders agree: rounding of inverse transforms, chroma upsampling and
    /// colour
    /// tables.</summary>
    private const double Tolerance = 2;

    /// <summary>Two whole pictures are held for each core; larger ones are refused here and said to be.</summary>
    private static readonly ImageReader Reader = new(new ImageLimits { MaxPixels = 50_000_000, MaxPixelsHeld = 50_000_000 });

    private enum Verdict
    {
        Same,
        Different,
        RefusedHere,
        RefusedThere,
        RefusedByBoth,
        NotCompared,
    }

    private sealed record Row(string File, Verdict Verdict, double Mean, int Worst, string Here, string There);

    public static void Run(string[] arguments)
    {
        if (arguments is not [var folder, ..])
        {
            throw new ArgumentException("Name a folder of pictures: decoders FOLDER [FILE.csv].");
        }

        var output = arguments.Length > 1 ? arguments[1] : "decoders.csv";
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var rows = new Row[files.Count];
        ResourceLimits.Memory = 1UL << 30;
        Parallel.For(0, files.Count, i => rows[i] = Compare(folder, files[i]));
        var text = new StringBuilder("file,verdict,mean,worst,here,there\n");
        foreach (var row in rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Quoted(row.File)},{row.Verdict},{row.Mean:0.000},{row.Worst},{Quoted(row.Here)},{Quoted(row.There)}\n"
            );
            if (row.Verdict is Verdict.Different or Verdict.RefusedHere)
            {
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{row.Verdict,-12}{row.Mean,8:0.00}  {row.File}  {row.Here}")
                );
            }
        }

        AtomicFile.WriteText(output, text.ToString());
        foreach (var verdict in Enum.GetValues<Verdict>())
        {
            Console.WriteLine($"{verdict,-14} {rows.Count(row => row.Verdict == verdict)}");
        }

        Console.WriteLine($"Every file is in {output}.");
    }

    private static Row Compare(string folder, string path)
    {
        var name = Path.GetRelativePath(folder, path);
        var (ours, here, fault) = Try(() => Reader.Read(Reader.ReadBytes(path), name));
        if (fault is ImageFault.UnknownFormat or ImageFault.Empty or ImageFault.TooManyPixels or ImageFault.TooManyFrames)
        {
            return new Row(name, Verdict.NotCompared, double.NaN, 0, here, "");
        }

        var (theirs, there, _) = Try(() => Magick(path));
        if (ours is null || theirs is null)
        {
            var verdict =
                ours is not null ? Verdict.RefusedThere
                : theirs is not null ? Verdict.RefusedHere
                : Verdict.RefusedByBoth;
            return new Row(name, verdict, double.NaN, 0, here, there);
        }

        if ((ours.Width, ours.Height) != (theirs.Width, theirs.Height))
        {
            return new Row(name, Verdict.Different, double.NaN, 0, $"{ours.Width} x {ours.Height}", $"{theirs.Width} x {theirs.Height}");
        }

        long sum = 0;
        var worst = 0;
        for (var i = 0; i < ours.Pixels.Length; i++)
        {
            var difference = Math.Abs(ours.Pixels[i] - theirs.Pixels[i]);
            (sum, worst) = (sum + difference, Math.Max(worst, difference));
        }

        var mean = (double)sum / ours.Pixels.Length;
        return new Row(name, mean <= Tolerance ? Verdict.Same : Verdict.Different, mean, worst, "", "");
    }

    private static RgbImage Magick(string path)
    {
        using var frames = new MagickImage(path, new MagickReadSettings { FrameIndex = 0, FrameCount = 1 });
        frames.AutoOrient();
        if (frames.GetColorProfile() is not null)
        {
            frames.TransformColorSpace(ColorProfiles.SRGB);
        }
        else if (frames.ColorSpace is ColorSpace.CMYK or ColorSpace.Lab)
        {
            frames.ColorSpace = ColorSpace.sRGB;
        }

        frames.BackgroundColor = MagickColors.White;
        frames.Alpha(AlphaAction.Remove);
        using var pixels = frames.GetPixels();
        return new RgbImage((int)frames.Width, (int)frames.Height, pixels.ToByteArray(PixelMapping.RGB)!);
    }

    private static (RgbImage? Image, string Reason, ImageFault? Fault) Try(Func<RgbImage> decode)
    {
        try
        {
            return (decode(), "", null);
        }
        catch (ImageException exception)
        {
            return (null, exception.Reason, exception.Fault);
        }
        catch (MagickException exception)
        {
            return (null, exception.Message, null);
        }
    }

    private static string Quoted(string text) => $"\"{text.ReplaceLineEndings(" ").Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
