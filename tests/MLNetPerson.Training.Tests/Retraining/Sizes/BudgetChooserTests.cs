using MLNetPerson.Packaging;
using MLNetPerson.Testing;
using MLNetPerson.Training.Bundles;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Training.Retraining.Sizes;

namespace MLNetPerson.Training.Tests.Retraining.Sizes;

public sealed class BudgetChooserTests : IDisposable
{
    private readonly TinyWorld _world = new(anySize: true);

    [Fact]
    public async Task Of_what_fits_the_most_accurate_is_chosen_and_the_package_says_so()
    {
        var (recipe, budget) = await Choose(
            new SizeBudget
            {
                Milliseconds = 1000,
                Sides = [32, 64],
                Seconds = 0.01,
            }
        );
        await Retrainer.RetrainAsync(_world.Dataset, null, _world.Options with { Recipe = recipe, Budget = budget });

        Assert.Equal((32, 64), (budget.Trials[0].Side, budget.Trials[1].Side));
        Assert.All(
            budget.Trials,
            trial =>
                Assert.True(trial.Fits && trial.Low <= trial.Milliseconds && trial.Milliseconds <= trial.High && trial.Accuracy is not null)
        );
        Assert.Equal(budget.Trials.OrderByDescending(trial => trial.Accuracy!.Value).ThenBy(trial => trial.Side).First().Side, budget.Side);
        Assert.Equal((budget.Side, budget.Side), (recipe.Input.Width, recipe.Input.Height));
        var package = ModelPackage.Open(_world.PackagePath);
        Assert.Equal(
            (PackageBudget.Measured, 1000, "float32", budget.Side),
            (
                package.Manifest.Budget!.Basis,
                package.Manifest.Budget.Milliseconds,
                package.Manifest.Budget.Encoding,
                package.Manifest.Input.Width
            )
        );
        Assert.Equal(budget.Trials.AsEnumerable(), package.Manifest.Budget.Trials.AsEnumerable());
        // both cross-validated over the same pictures
        Assert.Equal(package.Manifest.Metrics.Values["accuracy"], budget.Trials.Single(trial => trial.Side == budget.Side).Accuracy);
        Assert.Contains(
            "Size chosen for a budget of 1000 ms (measured: file to answer, 95th percentile",
            File.ReadAllText(Path.Combine(_world.PackagePath, "card.md"))
        );

        var verified = BudgetChooser.Verify(package, _world.Dataset, 0.01);
        Assert.True(verified.Fits && verified.Side == budget.Side && verified.High > 0);
    }

    [Fact]
    public async Task Where_nothing_fits_the_fastest_is_named_and_nothing_is_written()
    {
        var fault = (
            await Assert.ThrowsAsync<BudgetException>(() =>
                Choose(
                    new SizeBudget
                    {
                        Milliseconds = 0.0001,
                        Sides = [64, 32],
                        Seconds = 0.01,
                    }
                )
            )
        ).Message;

        Assert.Matches(
            @"^Nothing fits a budget of 0\.0001 ms\. The fastest of 32, 64 is \d\d x \d\d as float32: \d+\.\d\d ms \(up to \d+\.\d\d\) on this machine, from file to answer at the 95th percentile\. Allow more, name smaller sizes by --sizes, or add --encodings int8,int8-portable",
            fault
        );
        Assert.False(Directory.Exists(_world.PackagePath));
    }

    [Fact]
    public async Task A_boards_budget_is_an_estimate_and_says_so()
    {
        var macs = new Dictionary<int, long>();
        foreach (var side in new[] { 32, 64, 96 })
        {
            macs[side] = _world
                .Retrain(_world.Options with { Out = _world[$"at-{side}"], Recipe = SizeModels.At(_world.Recipe, side) })
                .Export.Manifest.Backbone.Macs;
        }

        // Between what 64 and what 96 pixels may take at the worst.
        double Worst(int side) => FrameRateEstimator.Estimate("pi4", "float32", macs[side]).HighMilliseconds;
        var (_, budget) = await Choose(
            new SizeBudget
            {
                Milliseconds = (Worst(64) + Worst(96)) / 2,
                Sides = [32, 64, 96],
                Board = "pi4",
            }
        );

        Assert.Equal([true, true, false], budget.Trials.Select(trial => trial.Fits));
        Assert.Equal([32, 64, 96], budget.Trials.Select(trial => trial.Side));
        Assert.All(budget.Trials, trial => Assert.Equal(Worst(trial.Side), trial.High, 9));
        Assert.Null(budget.Trials[2].Accuracy);
        Assert.Equal(("ESTIMATED", "Raspberry Pi 4 (Cortex-A72)"), (budget.Basis, budget.Machine));
        Assert.EndsWith("ESTIMATE, not measured", budget.What);
        Assert.Contains(
            "on a Raspberry Pi 4 (Cortex-A72) by ESTIMATE, the model alone",
            (
                await Assert.ThrowsAsync<BudgetException>(() =>
                    Choose(
                        new SizeBudget
                        {
                            Milliseconds = Worst(32) / 2,
                            Sides = [32],
                            Board = "pi4",
                        }
                    )
                )
            ).Message
        );
    }

    [Fact]
    public async Task The_encoding_that_would_run_is_the_one_that_is_timed()
    {
        var (_, budget) = await BudgetChooser.ChooseAsync(
            _world.Dataset,
            _world.Options with
            {
                Encodings = new QuantizeOptions { Encodings = [PackageEncoding.Int8Portable, PackageEncoding.Fp16], Calibration = 8 },
            },
            new SizeBudget
            {
                Milliseconds = 1000,
                Sides = [32],
                Seconds = 0.01,
                WorkFolder = _world["sizes"],
            }
        );

        Assert.Equal(PackageEncoding.Int8Portable, budget.Encoding);
    }

    [Fact]
    public async Task Faulty_budgets_are_all_named()
    {
        var budget = new SizeBudget
        {
            Milliseconds = 0,
            Sides = [33],
            Board = "pi9",
            Seconds = 0,
        };

        Assert.Equal(
            "0 ms are outside 0 to 60000; 33: sizes are multiples of 32, from 32 to 4096; there are no published timings of a board 'pi9' "
                + "(pi4, pi5); 0 seconds are outside 0 to 3600",
            budget.Fault()
        );
        await Assert.ThrowsAsync<RecipeException>(() => Choose(budget));
        Assert.Null(new SizeBudget { Milliseconds = 10 }.Fault());
    }

    public void Dispose() => _world.Dispose();

    private Task<(Recipe Recipe, PackageBudget Budget)> Choose(SizeBudget budget) =>
        BudgetChooser.ChooseAsync(_world.Dataset, _world.Options, budget with { WorkFolder = _world["sizes"] });
}
