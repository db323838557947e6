using System.Globalization;
using MLNetPerson.Training.Heads;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Testing;

/// <summary>
/// What ML.NET 5.0.0 answered, kept so that the core's tests compare with it without referencing it: probabilities of its L-BFGS logistic
/// regression on drawn problems, and of the careful chain on the tiny world's pictures. MLNetGoldenTests writes and checks them.
/// </summary>
public static class MLNetGoldens
{
    /// <summary>What was promised of our L-BFGS and ML.NET's at equal regularisation.</summary>
    public const double Agreement = 2e-3;

    public const string TinyChain = "tiny chain";

    /// <summary>Every so many samples are kept.</summary>
    private const int Step = 8;

    public static string File { get; } = Repository.At("tests/Testing/mlnet-5.0.0.csv");

    /// <summary>The drawn problems and penalties that are kept.</summary>
    public static IEnumerable<(string Name, double L2, HeadProblem Problem)> Problems() =>
        from problem in new[] { (Name: "drawn", Seed: 5, Weighted: false), (Name: "drawn weighted", Seed: 6, Weighted: true) }
        from l2 in new[] { 1, 0.1, 0.01, 0.001 }
        select (problem.Name, l2, HeadProblems.Drawn(problem.Seed, problem.Weighted));

    /// <summary>The tiny world's recipe with one penalty and no calibration: what a plain ML.NET chain fits.</summary>
    public static Recipe PlainRecipe(TinyWorld world) =>
        world.Recipe with
        {
            Head = world.Recipe.Head with { L2 = [0.01], Calibration = CalibrationMethod.None },
        };

    public static IEnumerable<string> Lines(string name, double l2, IReadOnlyList<double> probabilities) =>
        Enumerable
            .Range(0, probabilities.Count)
            .Where(i => i % Step == 0)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{name},{l2},{i},{probabilities[i]:0.0000000}"));

    /// <summary>The kept values by sample.</summary>
    public static IReadOnlyDictionary<int, double> Read(string name, double l2)
    {
        var values = System
            .IO.File.ReadLines(File)
            .Skip(1)
            .Select(line => line.Split(','))
            .Where(parts => parts[0] == name && double.Parse(parts[1], CultureInfo.InvariantCulture) == l2)
            .ToDictionary(
                parts => int.Parse(parts[2], CultureInfo.InvariantCulture),
                parts => double.Parse(parts[3], CultureInfo.InvariantCulture)
            );
        return values.Count > 0 ? values : throw new InvalidOperationException($"'{File}' has nothing of '{name}' at {l2}.");
    }
}
