using MLNetPerson.Images;
using MLNetPerson.Inference;

namespace MLNetPerson.Training.Export;

/// <summary>
/// Pictures that this project's own code draws, of any size and number: for goldens that anyone may pass on, and to check an
/// export where a dataset is too small. They are no test of accuracy.
/// </summary>
internal static class GoldenPictures
{
    /// <summary>Scenes to choose goldens from: enough that some come near any threshold, few enough for a second or two.</summary>
    private const int Scenes = 240;

    /// <summary>
    /// Names of the goldens in a package, their pictures at the model's input size, and the model's answers. Answers near 0 or 1
    /// hide differences, so the scenes are chosen by what the model makes of them.
    /// </summary>
    /// <param name="model">The float model.</param>
    /// <param name="input">What it takes.</param>
    /// <param name="threshold">From which on it says person.</param>
    public static IReadOnlyList<(string Name, RgbImage Image, double Probability)> Goldens(
        OnnxModel model,
        ImageSpec input,
        double threshold
    )
    {
        List<(int Seed, double Probability)> scenes =
        [
            .. Enumerable.Range(0, Scenes).AsParallel().AsOrdered().Select(seed => (seed, Ask(Scene(input, seed)))),
        ];
        var high = scenes.MaxBy(scene => scene.Probability).Seed;
        (string Name, int Seed)[] chosen =
        [
            ("high", high),
            ("near-threshold", scenes.Where(scene => scene.Seed != high).MinBy(scene => Math.Abs(scene.Probability - threshold)).Seed),
            ("middle", scenes.OrderBy(scene => scene.Probability).ElementAt(Scenes / 2).Seed),
            ("low", scenes.MinBy(scene => scene.Probability).Seed),
        ];
        var noise = Noise(input, seed: 4);
        return [.. chosen.Select(one => (one.Name, Scene(input, one.Seed), scenes[one.Seed].Probability)), ("noise", noise, Ask(noise))];

        double Ask(RgbImage image)
        {
            var probability = new float[1];
            model.Run<byte>(image.Pixels, [1, input.Height, input.Width, 3], probability);
            return probability[0];
        }
    }

    private static RgbImage Scene(ImageSpec input, int seed) => Draw(input, seed, figures: seed % 6);

    /// <summary>A scene: sky, hills, and so many figures with head, trunk and limbs.</summary>
    public static RgbImage Draw(ImageSpec input, int seed, int figures)
    {
        var random = new Random(seed);
        var canvas = new Canvas(input.Width, input.Height);
        canvas.Gradient((90, 140, 220), (235, 240, 250));
        for (var hill = 0; hill < 3; hill++)
        {
            var tone = 60 + (30 * hill);
            canvas.Ellipse(
                random.NextDouble(),
                1.05 - (0.05 * hill),
                0.45 + (0.3 * random.NextDouble()),
                0.45 - (0.08 * hill),
                (tone / 2, tone, 40)
            );
        }

        for (var figure = 0; figure < figures; figure++)
        {
            var height = figures == 1 ? 0.75 : 0.25 + (0.25 * random.NextDouble());
            var (x, foot) = (figures == 1 ? 0.5 : 0.1 + (0.8 * random.NextDouble()), 0.95 - (0.05 * random.NextDouble()));
            Figure(canvas, x, foot, height, random);
        }

        return canvas.ToImage();
    }

    /// <summary>Independent bytes.</summary>
    public static RgbImage Noise(ImageSpec input, int seed)
    {
        var pixels = new byte[input.ByteCount];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(input.Width, input.Height, pixels);
    }

    private static void Figure(Canvas canvas, double x, double foot, double height, Random random)
    {
        var skin = (150 + random.Next(90), 110 + random.Next(80), 80 + random.Next(70));
        var shirt = (random.Next(256), random.Next(256), random.Next(256));
        var trousers = (random.Next(120), random.Next(120), random.Next(160));
        var top = foot - height;
        canvas.Ellipse(x - (0.06 * height), foot - (0.25 * height), 0.05 * height, 0.25 * height, trousers);
        canvas.Ellipse(x + (0.06 * height), foot - (0.25 * height), 0.05 * height, 0.25 * height, trousers);
        canvas.Ellipse(x - (0.15 * height), top + (0.4 * height), 0.035 * height, 0.2 * height, skin);
        canvas.Ellipse(x + (0.15 * height), top + (0.4 * height), 0.035 * height, 0.2 * height, skin);
        canvas.Ellipse(x, top + (0.38 * height), 0.13 * height, 0.22 * height, shirt);
        canvas.Ellipse(x, top + (0.09 * height), 0.07 * height, 0.09 * height, skin);
        canvas.Ellipse(x, top + (0.04 * height), 0.075 * height, 0.05 * height, (50, 35, 25));
    }
}
