using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Tests.Heads;

public sealed class HeadTrainerTests
{
    private static readonly HeadOptions Options = new() { Folds = 4 };

    [Fact]
    public void Defaults_are_the_shipped_recipes()
    {
        var options = new HeadOptions();

        Assert.Equal<double>([3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001], options.L2.ToArray());
        Assert.Equal(
            (5, ClassWeights.None, CalibrationMethod.Platt, 17),
            (options.Folds, options.ClassWeights, options.Calibration, options.Seed)
        );
    }

    [Fact]
    public void The_same_seed_and_features_give_the_same_head()
    {
        var (samples, table, blocks) = Problem(seed: 1);

        var (first, second) = (Fit(samples, table, blocks), Fit(samples, table, blocks));

        Assert.Equal(first.Head.Weights, second.Head.Weights);
        Assert.Equal(first.Head.Bias, second.Head.Bias);
        Assert.Equal<double>(first.Report.CrossFittedProbabilities.ToArray(), second.Report.CrossFittedProbabilities.ToArray());
    }

    [Fact]
    public void The_penalty_with_the_least_loss_is_chosen()
    {
        var (samples, table, blocks) = Problem(seed: 3);

        var report = Fit(samples, table, blocks).Report;

        Assert.Equal(report.Trials.MinBy(trial => trial.LogLoss).L2, report.L2);
        Assert.True(report.Trials.Length >= 3);
    }

    [Fact]
    public void Cross_fitted_probabilities_do_not_know_their_own_labels()
    {
        // Features that are pure noise: honest probabilities rank no better than chance, those of the fitted head do.
        var (samples, table, blocks) = Problem(seed: 4, signal: 0);
        var labels = samples.Select(sample => sample.IsPerson).ToArray();

        var (head, report) = Fit(samples, table, blocks);

        Assert.InRange(RocAuc.Of([.. report.CrossFittedProbabilities], labels).Value, 0.35, 0.65);
        Assert.True(RocAuc.Of(head.Logits(table), labels).Value > 0.6);
    }

    [Fact]
    public void Balanced_classes_move_the_head_towards_the_rare_one()
    {
        var (samples, table, blocks) = Problem(seed: 5, persons: 0.15);

        double Mean(ClassWeights weights) =>
            new HeadTrainer(Options with { ClassWeights = weights, Calibration = CalibrationMethod.None })
                .Fit(samples, table, blocks)
                .Head.Logits(table)
                .Average();

        Assert.True(Mean(ClassWeights.Balanced) > Mean(ClassWeights.None) + 0.5);
    }

    [Fact]
    public void A_block_of_more_weight_is_used_more()
    {
        var (samples, table, _) = Problem(seed: 6);
        FeatureBlock[] Blocks(double weight) =>
            [
                new(
                    new FeatureSpec
                    {
                        Tap = "a",
                        Pooling = Pooling.Max,
                        Weight = weight,
                    },
                    0,
                    2
                ),
                new(new FeatureSpec { Tap = "b", Pooling = Pooling.Max }, 2, table.Width - 2),
            ];
        var strong = Options with { L2 = [3], Calibration = CalibrationMethod.None };

        double Use(double weight) => Math.Abs(new HeadTrainer(strong).Fit(samples, table, Blocks(weight)).Head.Weights[0]);

        Assert.True(Use(8) > 2 * Use(1));
    }

    [Fact]
    public void All_faults_of_the_options_come_in_one_message() =>
        Assert.StartsWith(
            "'l2' needs at least one number, each above 0; 'folds' is 1, outside 2 to 20",
            Assert.Throws<ArgumentException>(() => new HeadTrainer(new HeadOptions { L2 = [0], Folds = 1 })).Message
        );

    [Fact]
    public void Too_few_groups_for_the_folds_are_counted()
    {
        var (samples, table, blocks) = Problem(seed: 7);
        var grouped = samples.Select((sample, i) => sample with { Group = $"g{i % 3}" }).ToList();

        Assert.Equal(
            "4 folds need at least 4 groups of pictures with a person and as many without; there are 3 and 3. Add pictures, or give "
                + "--recipe a JSON file with fewer 'folds' under 'head' (2 at least).",
            Assert.Throws<HeadException>(() => Fit(grouped, table, blocks)).Message
        );
    }

    private static (LinearHead Head, HeadReport Report) Fit(IReadOnlyList<Sample> samples, FeatureTable table, FeatureBlock[] blocks) =>
        new HeadTrainer(Options).Fit(samples, table, blocks);

    private static (List<Sample> Samples, FeatureTable Table, FeatureBlock[] Blocks) Problem(
        int seed,
        double signal = 1.5,
        double persons = 0.5
    )
    {
        const int Rows = 200,
            Width = 10;
        var random = new Random(seed);
        List<Sample> samples =
        [
            .. Enumerable
                .Range(0, Rows)
                .Select(i => new Sample
                {
                    File = $"{i}.jpg",
                    Path = $"/{i}.jpg",
                    IsPerson = random.NextDouble() < persons,
                }),
        ];
        float[] values =
        [
            .. Enumerable
                .Range(0, Rows * Width)
                .Select(i => (float)(random.NextDouble() + (i % Width == 0 && samples[i / Width].IsPerson ? signal * 0.4 : 0))),
        ];
        return (
            samples,
            new FeatureTable(Rows, Width, values),
            [new FeatureBlock(new FeatureSpec { Tap = "a", Pooling = Pooling.Max }, 0, Width)]
        );
    }
}
