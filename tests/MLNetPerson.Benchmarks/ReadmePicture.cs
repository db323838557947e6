using System.Globalization;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Benchmarks;

/// <summary>
/// The README's picture: drawn scenes, each empty above, with figures in the middle, and below with the heat map of what the model looked
/// at; under each a bar as long as the ready model's probability.
/// Scenes are chosen by what the model makes of them, so the picture shows what the answer looks like and nothing about accuracy.
/// </summary>
internal static class ReadmePicture
{
    private const int Seeds = 1500;
    private const int Columns = 4;
    private const int Rows = 3;
    private const int Side = 120;
    private const int Bar = 14;
    private const int Gap = 8;
    private const string Encoding = "float32";

    private static readonly (byte, byte, byte) Person = (0, 158, 115);
    private static readonly (byte, byte, byte) None = (150, 150, 150);

    public static void Run(string[] arguments)
    {
        using var classifier = PersonClassifier.Load(Path.Combine(BenchmarkData.Root, "models", "person"), Encoding);
        var input = classifier.Package.Manifest.Input.ToSpec();
        float Ask(RgbImage image) => classifier.Predict(image.Pixels, image.Width, image.Height).Probability;
        RgbImage Scene(int seed, bool peopled) => GoldenPictures.Draw(input, seed, peopled ? 1 + (seed % 4) : 0);
        var chosen = Enumerable
            .Range(0, Seeds)
            .AsParallel()
            .AsOrdered()
            .Select(seed => (Seed: seed, Gain: Ask(Scene(seed, true)) - Ask(Scene(seed, false))))
            .OrderByDescending(scene => scene.Gain)
            .Take(Columns)
            .ToList();

        var canvas = new RgbImage(
            (Columns * (Side + Gap)) + Gap,
            (Rows * (Side + Bar + (2 * Gap))) + Gap,
            [.. Enumerable.Repeat((byte)255, ((Columns * (Side + Gap)) + Gap) * ((Rows * (Side + Bar + (2 * Gap))) + Gap) * 3)]
        );
        for (var column = 0; column < Columns; column++)
        {
            for (var row = 0; row < Rows; row++)
            {
                var scene = Scene(chosen[column].Seed, peopled: row > 0);
                var probability = Ask(scene);
                var (left, top) = (Gap + (column * (Side + Gap)), Gap + (row * (Side + Bar + (2 * Gap))));
                Paste(
                    canvas,
                    Small(row == 2 ? ActivationOverlay.Heat(scene, classifier.Explain(scene.Pixels, scene.Width, scene.Height)) : scene),
                    left,
                    top
                );
                Fill(canvas, left, top + Side + 2, Side, Bar, (225, 225, 225));
                Fill(
                    canvas,
                    left,
                    top + Side + 2,
                    Math.Max(2, (int)(Side * probability)),
                    Bar,
                    probability >= classifier.Package.Manifest.Threshold ? Person : None
                );
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"seed {chosen[column].Seed}, {(row == 0 ? "empty" : "figures")}: {probability:0.000}"
                    )
                );
            }
        }

        var path = BenchmarkData.Results("picture.png");
        AtomicFile.WriteBytes(path, ImageWriter.EncodePng(canvas));
        Console.WriteLine(path);
    }

    private static RgbImage Small(RgbImage image)
    {
        var spec = new ImageSpec(Side, Side);
        var pixels = new byte[spec.ByteCount];
        ImageReader.Resize(image.Pixels, image.Width, image.Height, spec, pixels);
        return new RgbImage(Side, Side, pixels);
    }

    private static void Paste(RgbImage canvas, RgbImage image, int left, int top)
    {
        for (var y = 0; y < image.Height; y++)
        {
            image.Pixels.AsSpan(y * image.Width * 3, image.Width * 3).CopyTo(canvas.Pixels.AsSpan((((top + y) * canvas.Width) + left) * 3));
        }
    }

    private static void Fill(RgbImage canvas, int left, int top, int width, int height, (byte R, byte G, byte B) colour)
    {
        for (var y = top; y < top + height; y++)
        {
            for (var x = left; x < left + width; x++)
            {
                var at = ((y * canvas.Width) + x) * 3;
                (canvas.Pixels[at], canvas.Pixels[at + 1], canvas.Pixels[at + 2]) = colour;
            }
        }
    }
}
