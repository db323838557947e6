using MLNetPerson.Testing;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Tests.Heads;

/// <summary>The head of a table on disk against the head of the same table in memory.</summary>
public sealed class StreamedFitTests : IDisposable
{
    private const int Rows = 3000;
    private const int Width = 40;

    private readonly TempFolder _folder = new();

    [Theory, InlineData(false), InlineData(true)]
    public void A_head_fitted_from_a_file_is_the_head_fitted_in_memory(bool skipsRows)
    {
        var (values, samples) = Problem(seed: 5);
        var used = skipsRows ? Enumerable.Range(0, Rows).Where(row => row % 7 != 3).ToArray() : [.. Enumerable.Range(0, Rows)];
        var memory = new FeatureTable(used.Length, Width, [.. used.SelectMany(row => values[(row * Width)..((row + 1) * Width)])]);
        var disk = new FeatureTable(Mapped(values).Only(used));
        List<Sample> kept = [.. used.Select(row => samples[row])];

        var (expected, report) = Fit(memory, kept);
        var (actual, streamed) = Fit(disk, kept);

        Assert.Equal(report.L2, streamed.L2);
        Assert.Equal(report.Trials.Select(trial => trial.L2), streamed.Trials.Select(trial => trial.L2));
        // Both end at a gradient of 1e-6; at a penalty of 0.001 a weight may be off by a thousand times that.
        FloatAssert.Close(Probabilities(expected.Logits(memory)), Probabilities(actual.Logits(disk)), within: 1e-3f);
        // Out of fold both end at a gradient of 1e-4.
        FloatAssert.Close(Probabilities(report.OutOfFoldLogits), Probabilities(streamed.OutOfFoldLogits), within: 0.02f);
    }

    [Fact]
    public void The_bytes_of_a_head_do_not_depend_on_the_number_of_cores()
    {
        var (values, samples) = Problem(seed: 6);
        var table = new FeatureTable(Mapped(values));

        var first = Fit(table, samples);
        var second = Fit(new FeatureTable(Mapped(values)), samples);

        Assert.Equal(first.Head.Weights, second.Head.Weights);
        Assert.Equal(first.Head.Bias, second.Head.Bias);

        // Known fault: logits of the folds' heads may differ in their last bits from run to run; where that comes from is not found yet.
        Assert.All(first.Report.OutOfFoldLogits.Zip(second.Report.OutOfFoldLogits), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Objective_and_gradient_are_those_of_the_plain_objective()
    {
        var (values, samples) = Problem(seed: 7);
        var memory = new FeatureTable(Rows, Width, values);
        bool[] labels = [.. samples.Select(sample => sample.IsPerson)];
        var random = new Random(8);
        double[] weights = [.. labels.Select(_ => 0.5 + random.NextDouble())];
        int[] folds = [.. labels.Select((_, i) => i % 5)];
        double[] point = [.. Enumerable.Range(0, Width + 1).Select(_ => random.NextDouble() - 0.5)];
        var standard = Standardization.Of(memory, Enumerable.Repeat(1.0, Width).ToArray());

        var streamed = new StreamedObjective(new FeatureTable(Mapped(values)), standard, labels, weights, folds).Evaluate(
            [(point, 2), (point, -1)],
            0.3,
            CancellationToken.None
        );

        foreach (var (without, index) in new[] { (2, 0), (-1, 1) })
        {
            int[] rows = [.. Enumerable.Range(0, Rows).Where(row => folds[row] != without)];
            var gradient = new double[Width + 1];
            var value = new LogisticObjective(memory, standard, labels, weights, rows).Evaluate(point, 0.3, gradient);
            Assert.Equal(value, streamed[index].Value, 1e-7); // logits are sums in single precision
            Assert.All(gradient.Zip(streamed[index].Gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
    }

    [Fact]
    public void Mean_and_spread_of_a_table_on_disk_are_those_in_memory()
    {
        var (values, _) = Problem(seed: 9);
        var ones = Enumerable.Repeat(1.0, Width).ToArray();

        var memory = Standardization.Of(new FeatureTable(Rows, Width, values), ones);
        var disk = Standardization.Of(new FeatureTable(Mapped(values)), ones);

        Assert.All(memory.Mean.Zip(disk.Mean), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        Assert.All(memory.Scale.Zip(disk.Scale), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void Rows_of_a_file_are_those_that_were_written_and_the_file_has_no_name()
    {
        var (values, _) = Problem(seed: 10);
        var table = new FeatureTable(Mapped(values));

        Assert.Equal(values[(17 * Width)..(18 * Width)], table.Row(17).ToArray());
        using var rows = table.Open(2900, 100);
        Assert.Equal(values[(2999 * Width)..], rows[99].ToArray());
        Assert.Throws<InvalidOperationException>(() => table.Values);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Empty(_folder.Entries());
        }
    }

    [SkippableFact]
    public void A_disk_without_room_for_the_table_is_one_sentence_before_any_work()
    {
        using var disk = SmallDisk.Mount(_folder["disk"], "64k");

        var fault = Assert.Throws<IOException>(() => MappedRows.Create(1000, 1000, _folder["disk"]));

        Assert.StartsWith($"The table of 1000 rows of features needs 0.0 GB in '{_folder["disk"]}': ", fault.Message);
        Assert.EndsWith("Free space, or set MLNETPERSON_HOME to a folder on a larger disk.", fault.Message);
    }

    [Fact]
    public void A_trainer_of_another_kind_goes_through_such_a_table_too()
    {
        var (values, samples) = Problem(seed: 11);

        var rough = new HeadTrainer(new HeadOptions { L2 = [0.1] }, new PassesOver()).Fit(
            samples,
            new FeatureTable(Mapped(values)),
            Blocks()
        );

        Assert.Equal(Width, rough.Head.Weights.Length);
    }

    public void Dispose() => _folder.Dispose();

    private MappedRows Mapped(float[] values)
    {
        var mapped = MappedRows.Create(Rows, Width, _folder.Path);
        Parallel.For(0, Rows, row => mapped.Write(row, values.AsSpan(row * Width, Width)));
        return mapped;
    }

    private static FeatureBlock[] Blocks() => [new FeatureBlock(new FeatureSpec { Tap = "a", Pooling = Pooling.Max }, 0, Width)];

    private static (LinearHead Head, HeadReport Report) Fit(FeatureTable table, IReadOnlyList<Sample> samples) =>
        new HeadTrainer(new HeadOptions { L2 = [1, 0.1, 0.01, 0.001] }).Fit(samples, table, Blocks());

    private static float[] Probabilities(IEnumerable<double> logits) => [.. logits.Select(logit => (float)(1 / (1 + Math.Exp(-logit))))];

    /// <summary>Features that hang together, as a network's do, and labels that a few of them decide with noise.</summary>
    private static (float[] Values, List<Sample> Samples) Problem(int seed)
    {
        var random = new Random(seed);
        var values = new float[Rows * Width];
        List<Sample> samples = [];
        for (var row = 0; row < Rows; row++)
        {
            var common = random.NextDouble();
            for (var i = 0; i < Width; i++)
            {
                values[(row * Width) + i] = (float)(common + random.NextDouble() + (0.1 * i));
            }

            var score = values[row * Width] - values[(row * Width) + 1] + (0.5 * (random.NextDouble() - 0.5));
            samples.Add(
                new Sample
                {
                    File = $"{row}.jpg",
                    Path = $"/{row}.jpg",
                    IsPerson = score > -0.1,
                }
            );
        }

        return (values, samples);
    }

    /// <summary>Stands for trainers that want standardised rows.</summary>
    private sealed class PassesOver : IHeadSolver
    {
        public string Name => "test";

        public bool UsesAllCores => false;

        public bool GivesLogits => true;

        public bool TakesSampleWeights => true;

        public double[] Fit(HeadProblem problem, double l2, double[] start, bool isTrial, CancellationToken cancellation)
        {
            var sum = new double[problem.Width];
            for (var i = 0; i < problem.Count; i++)
            {
                var features = problem.Features(i).Span;
                for (var column = 0; column < sum.Length; column++)
                {
                    sum[column] += features[column] * (problem.IsPerson(i) ? 1 : -1);
                }
            }

            return [.. sum.Select(value => value / problem.Count), 0];
        }
    }
}
