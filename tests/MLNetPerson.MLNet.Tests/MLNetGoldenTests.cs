using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.MLNet.Trainers;
using MLNetPerson.Testing;

namespace MLNetPerson.MLNet.Tests;

/// <summary>The numbers that the core's tests keep are those of the library that is here.</summary>
public sealed class MLNetGoldenTests
{
    /// <summary>Rounding of another processor or release; a change of method would be seen.</summary>
    private const double Rounding = 2e-4;

    [Fact]
    public void The_kept_numbers_are_this_librarys()
    {
        List<string> lines = ["what,l2,sample,probability"];
        foreach (var (name, l2, problem) in MLNetGoldens.Problems())
        {
            lines.AddRange(MLNetGoldens.Lines(name, l2, HeadProblems.Probabilities(problem, new MLNetSolver(MLNetTrainer.Lbfgs, 1), l2)));
        }

        lines.AddRange(MLNetGoldens.Lines(MLNetGoldens.TinyChain, 0.01, TinyChain()));
        if (Environment.GetEnvironmentVariable("MLNETPERSON_WRITE_GOLDENS") == "1")
        {
            File.WriteAllText(MLNetGoldens.File, string.Concat(lines.Select(line => line + "\n")));
        }

        var kept = File.ReadAllLines(MLNetGoldens.File);
        Assert.Equal(kept.Length, lines.Count);
        foreach (var (expected, actual) in kept.Zip(lines).Skip(1))
        {
            Assert.Equal(expected[..expected.LastIndexOf(',')], actual[..actual.LastIndexOf(',')]);
            Assert.Equal(Value(expected), Value(actual), Rounding);
        }
    }

    private static double Value(string line) =>
        double.Parse(line[(line.LastIndexOf(',') + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    private static double[] TinyChain()
    {
        using var world = new PicturesWorld();
        var model = world.Ml.PersonPipeline(world.Options).Fit(world.Data);
        return [.. model.Transform(world.Data).Values<float>("Probability").Select(probability => (double)probability)];
    }
}
