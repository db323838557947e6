using MLNetPerson.MLNet.Trainers;
using MLNetPerson.Testing;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.MLNet.Tests.Trainers;

public sealed class MLNetSolverTests
{
    [Theory]
    [InlineData(3), InlineData(1), InlineData(0.3), InlineData(0.1), InlineData(0.03), InlineData(0.01), InlineData(0.003)]
    public void Lbfgs_agrees_with_our_own_at_equal_regularisation(double l2)
    {
        foreach (var problem in new[] { HeadProblems.Drawn(seed: 5, weighted: false), HeadProblems.Drawn(seed: 6, weighted: true) })
        {
            var own = HeadProblems.Probabilities(problem, new BuiltinSolver(), l2);
            var theirs = HeadProblems.Probabilities(problem, new MLNetSolver(MLNetTrainer.Lbfgs, 1), l2);

            Assert.InRange(own.Zip(theirs, (a, b) => Math.Abs(a - b)).Max(), 0, MLNetGoldens.Agreement);
        }
    }

    [Theory, InlineData(0.3), InlineData(0.03)]
    public void Sdca_minimises_the_same_objective(double l2)
    {
        var problem = HeadProblems.Drawn(seed: 5, weighted: false);

        var gap = HeadProblems
            .Probabilities(problem, new BuiltinSolver(), l2)
            .Zip(HeadProblems.Probabilities(problem, new MLNetSolver(MLNetTrainer.Sdca, 1), l2), (a, b) => Math.Abs(a - b))
            .Max();

        Assert.InRange(gap, 0, 2e-2);
    }

    public static TheoryData<MLNetTrainer> Trainers => [.. Enum.GetValues<MLNetTrainer>()];

    [Theory, MemberData(nameof(Trainers))]
    public void A_trainer_separates_what_can_be_separated(MLNetTrainer trainer)
    {
        var problem = HeadProblems.Drawn(seed: 7, weighted: false);

        var parameters = new MLNetSolver(trainer, 1).Fit(problem, 0.01, new double[problem.Width + 1], isTrial: false, default);

        var right = Enumerable.Range(0, problem.Count).Count(i => HeadProblems.Logit(problem, parameters, i) > 0 == problem.IsPerson(i));
        Assert.InRange(right / (double)problem.Count, 0.85, 1);
    }

    [Theory, MemberData(nameof(Trainers))]
    public void The_same_seed_gives_the_same_bits_and_the_rows_stay_as_they_were(MLNetTrainer trainer)
    {
        var problem = HeadProblems.Drawn(seed: 8, weighted: false);
        var before = Enumerable.Range(0, problem.Count).Select(i => problem.Features(i).ToArray()).ToArray();

        double[] Fit() => new MLNetSolver(trainer, 3).Fit(problem, 0.1, new double[problem.Width + 1], isTrial: true, default);

        Assert.Equal(Fit(), Fit());
        Assert.All(before.Select((row, i) => (row, i)), pair => Assert.Equal(pair.row, problem.Features(pair.i).ToArray()));
    }

    [Theory, MemberData(nameof(Trainers))]
    public void Retrain_takes_it_and_the_manifest_says_so(MLNetTrainer trainer)
    {
        using var world = new TinyWorld();

        var result = world.Retrain(world.Options with { Solver = new MLNetSolver(trainer, 17) });

        Assert.Equal($"mlnet:{trainer.ToString().ToLowerInvariant()}", result.Export.Manifest.Trainer);
        Assert.InRange(result.Export.Parity.Difference, 0, ParityCheck.Tolerance);
        Assert.InRange(result.Evaluation.RocAuc.Value, 0.6, 1);
    }

    [Fact]
    public void Retrain_through_mlnet_and_through_our_own_agree()
    {
        using var world = new TinyWorld();
        var own = world.Retrain(world.Options with { Out = world["own"] });
        var theirs = world.Retrain(world.Options with { Out = world["theirs"], Solver = new MLNetSolver(MLNetTrainer.Lbfgs, 17) });

        Assert.Equal(own.Head.L2, theirs.Head.L2);
        using var ownClassifier = MLNetPerson.Prediction.PersonClassifier.Load(own.Package);
        using var theirClassifier = MLNetPerson.Prediction.PersonClassifier.Load(theirs.Package);
        Assert.All(
            world.Dataset.Samples,
            sample =>
                Assert.Equal(
                    ownClassifier.Predict(sample.Path).Probability,
                    theirClassifier.Predict(sample.Path).Probability,
                    MLNetGoldens.Agreement
                )
        );
    }

    [Fact]
    public void Sample_weights_that_a_trainer_cannot_take_are_refused()
    {
        var problem = HeadProblems.Drawn(seed: 9, weighted: true);

        var fault = Assert.Throws<HeadException>(() =>
            new MLNetSolver(MLNetTrainer.AveragedPerceptron, 1).Fit(problem, 1, new double[problem.Width + 1], false, default)
        );

        Assert.StartsWith(
            "Trainer 'mlnet:averagedperceptron' gives every picture the same weight, and this retrain asks for different ones. Take "
                + "mlnet:lbfgs",
            fault.Message
        );
    }

    [Fact]
    public void Margins_without_a_calibration_are_refused() =>
        Assert.StartsWith(
            "Trainer 'mlnet:linearsvm' gives margins",
            Assert
                .Throws<HeadException>(() =>
                    new HeadTrainer(new HeadOptions { Calibration = CalibrationMethod.None }, new MLNetSolver(MLNetTrainer.LinearSvm, 1))
                )
                .Message
        );

    [Fact]
    public void Class_weights_that_a_trainer_cannot_take_are_refused_before_any_work() =>
        Assert.StartsWith(
            "Trainer 'mlnet:averagedperceptron' gives every picture the same weight: the recipe's 'classWeights' cannot be 'balanced'.",
            Assert
                .Throws<HeadException>(() =>
                    new HeadTrainer(
                        new HeadOptions { ClassWeights = ClassWeights.Balanced },
                        new MLNetSolver(MLNetTrainer.AveragedPerceptron, 1)
                    )
                )
                .Message
        );

    [Fact]
    public void Cancelling_ends_a_fit()
    {
        var problem = HeadProblems.Drawn(seed: 9, weighted: false);

        Assert.ThrowsAny<OperationCanceledException>(() =>
            new MLNetSolver(MLNetTrainer.Lbfgs, 1).Fit(
                problem,
                1,
                new double[problem.Width + 1],
                false,
                new CancellationToken(canceled: true)
            )
        );
    }

    [Fact]
    public void Names_lead_to_solvers()
    {
        Assert.Equal("mlnet:lbfgs", TrainerNames.Solver("mlnet", 1).Name);
        Assert.All(TrainerNames.All, name => Assert.Equal(name, TrainerNames.Solver(name.ToUpperInvariant(), 1).Name));
        Assert.Equal(
            "There is no trainer 'mlnet:best'. There are builtin, mlnet:lbfgs, mlnet:sdca, mlnet:sgd, mlnet:averagedperceptron, "
                + "mlnet:linearsvm.",
            Assert.Throws<HeadException>(() => TrainerNames.Solver("mlnet:best", 1)).Message
        );
    }

    [Theory, InlineData("mlnet:lightgbm"), InlineData("mlnet:FastTree"), InlineData("mlnet:gam")]
    public void Trainers_that_are_not_linear_are_refused_with_what_still_works(string name)
    {
        var fault = Assert.Throws<ExportException>(() => TrainerNames.Solver(name, 1));

        Assert.StartsWith(
            $"--trainer {name} makes no linear model, and a package's head is one weight per feature and a bias",
            fault.Message
        );
        Assert.Contains("What still works with any ML.NET trainer: mlContext.PersonPipeline(", fault.Message);
    }
}
