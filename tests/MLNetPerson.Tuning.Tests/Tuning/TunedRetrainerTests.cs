using System.Text.Json.Nodes;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Pages;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Tuning.Tests.Tuning;

/// <summary>From pictures to a package, with a backbone of two layers.</summary>
public sealed class TunedRetrainerTests
{
    [SkippableFact]
    public async Task A_tuned_package_predicts_what_the_report_says_and_the_page_has_the_curves()
    {
        Torch.Need();
        using var world = new TinyWorld(200);
        using var home = new Home(world.Folder);

        var result = await TunedRetrainer.RetrainAsync(world.Dataset, null, Options(world));

        Assert.Equal("held-out", result.Retrain.EvaluationSource);
        Assert.Equal(200, result.Retrain.Samples + result.Retrain.Judged.Samples.Length);
        Assert.Equal(result.Retrain.Samples, result.Report.TrainingPictures + result.Report.CalibrationPictures);
        using var classifier = PersonClassifier.Load(world.PackagePath);
        foreach (var (sample, probability) in result.Retrain.Judged.Samples.Zip(result.Retrain.Judged.Probabilities))
        {
            Assert.Equal(probability, classifier.Predict(File.ReadAllBytes(sample.Path)).Probability, 1e-4);
        }

        var manifest = ModelPackage.Open(world.PackagePath).Manifest;
        Assert.Equal(3, (int?)manifest.Recipe["tuning"]!["epochs"]);
        Assert.StartsWith("TorchSharp 0.107.0 (AdamW)", manifest.Trainer, StringComparison.Ordinal);
        Assert.Contains("tuned below the head", manifest.Backbone.Origin, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(world.Folder, "tuning")));
        var page = ReportWriter.ToHtml(TunedReport.Of(result));
        Assert.Contains("Tuned below the head", page, StringComparison.Ordinal);
        Assert.Contains("McNemar", page, StringComparison.Ordinal);
        Assert.Equal(3, page.Split("<svg").Length - 1);
    }

    [SkippableFact]
    public async Task Weights_below_the_head_have_moved()
    {
        Torch.Need();
        using var world = new TinyWorld(200);
        using var home = new Home(world.Folder);
        await TunedRetrainer.RetrainAsync(
            world.Dataset,
            null,
            Options(
                world,
                """{ "epochs": 3, "batchSize": 8, "frozenLayers": 0, "rate": 3e-3, "threads": 2, "average": 0.5, "holdOut": 0.3 }"""
            )
        );

        var tuned = OnnxGraph.Parse(File.ReadAllBytes(Path.Combine(world.PackagePath, "model.onnx")), "tuned");
        var frozen = OnnxGraph.Parse(File.ReadAllBytes(world.BackbonePath), "frozen");

        Assert.NotEqual(frozen.Initializer("w2")!.Floats(), tuned.Initializer("w2")!.Floats());
    }

    [SkippableFact]
    public async Task Few_groups_that_the_backbone_does_not_see_make_few_folds()
    {
        Torch.Need();
        using var world = new TinyWorld(200);
        using var home = new Home(world.Folder);
        var training = Grouped(world.Dataset, groups: 10);
        var kept = training.Samples.Where(sample => HashSplit.Position(sample, 18) < 0.3).Select(sample => sample.Group).Distinct().Count();
        Assert.InRange(kept, 2, world.Recipe.Head.Folds - 1);

        var result = await TunedRetrainer.RetrainAsync(training, world.Dataset, Options(world));

        Assert.Equal(200, result.Report.TrainingPictures + result.Report.CalibrationPictures);
    }

    [SkippableFact]
    public async Task One_group_that_the_backbone_does_not_see_is_refused_before_tuning()
    {
        Torch.Need();
        using var world = new TinyWorld(200);
        using var home = new Home(world.Folder);
        const int Groups = 6;
        const string Name = "a"; // of its groups 0 to 5 one is kept
        Assert.Equal(1, Enumerable.Range(0, Groups).Count(group => HashSplit.Position($"{Name}{group}", 18) < 0.3));

        var error = await Assert.ThrowsAsync<TuningException>(() =>
            TunedRetrainer.RetrainAsync(Grouped(world.Dataset, Groups, Name), world.Dataset, Options(world))
        );

        Assert.Matches(
            "^Of the [0-9]+ pictures that the backbone does not see \\('holdOut'\\) two groups with a person and two without are needed, "
                + "to fit the head on; there are fewer\\. Raise 'holdOut', or take another 'seed' in the block 'tuning'\\.$",
            error.Message
        );
    }

    private static Dataset Grouped(Dataset dataset, int groups, string name = "g") =>
        dataset with
        {
            Samples = [.. dataset.Samples.Select((sample, i) => sample with { Group = $"{name}{i / 2 % groups}" })],
        };

    [Fact]
    public async Task Too_few_pictures_are_refused_before_anything_is_fetched()
    {
        using var world = new TinyWorld(6);

        var error = await Assert.ThrowsAsync<TuningException>(() =>
            TunedRetrainer.RetrainAsync(world.Dataset, world.Dataset, Options(world))
        );

        Assert.Equal(
            "Of dataset 'pictures' 6 pictures are to tune on, 3 of them with a person; at least 10 of each kind are needed. Add pictures, "
                + "or hold fewer out.",
            error.Message
        );
        Assert.False(Directory.Exists(world.PackagePath));
    }

    [Fact]
    public async Task Pictures_of_one_kind_are_refused()
    {
        using var world = new TinyWorld(60);
        var dataset = world.Dataset;
        var error = await Assert.ThrowsAsync<TuningException>(() =>
            TunedRetrainer.RetrainAsync(
                dataset with
                {
                    Samples = [.. dataset.Samples.Where(sample => sample.IsPerson)],
                },
                null,
                Options(world)
            )
        );

        Assert.Contains("at least 10 of each kind are needed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_all_pictures_are_held_out_none_are_left_to_tune_on()
    {
        using var world = new TinyWorld(60);
        var dataset = world.Dataset;

        var error = await Assert.ThrowsAsync<TuningException>(() =>
            TunedRetrainer.RetrainAsync(dataset with { Samples = [] }, dataset, Options(world))
        );

        Assert.Equal(
            "Of dataset 'pictures' 0 pictures are to tune on, 0 of them with a person; at least 10 of each kind are needed. Add pictures, "
                + "or hold fewer out.",
            error.Message
        );
    }

    [Fact]
    public async Task Held_out_pictures_of_one_kind_are_refused()
    {
        using var world = new TinyWorld(60);
        var dataset = world.Dataset;

        var error = await Assert.ThrowsAsync<TuningException>(() =>
            TunedRetrainer.RetrainAsync(
                dataset,
                dataset with
                {
                    Samples = [.. dataset.Samples.Where(sample => !sample.IsPerson)],
                },
                Options(world)
            )
        );

        Assert.Equal(
            "Of dataset 'pictures' 30 pictures are held out, 0 of them with a person; at least 1 of each kind are needed. Add pictures, "
                + "or hold fewer out.",
            error.Message
        );
    }

    [SkippableFact]
    public async Task The_rate_test_writes_no_package_and_its_page_has_the_curve()
    {
        Torch.Need();
        using var world = new TinyWorld(120);
        using var home = new Home(world.Folder);

        var result = await TunedRetrainer.FindRateAsync(
            world.Dataset,
            Options(world),
            new RateTestOptions
            {
                From = 1e-5,
                To = 100,
                Steps = 40,
            }
        );

        Assert.False(Directory.Exists(world.PackagePath));
        Assert.Equal(1e-3, result.RecipeRate);
        Assert.InRange(result.Trials.Length, 11, 40);
        Assert.Equal(result.Trials.MinBy(trial => trial.Loss).Rate / 10, result.Suggested, 1e-12);
        Assert.Equal(result.Trials.Select(trial => trial.Rate).Order(), result.Trials.Select(trial => trial.Rate));
        var page = ReportWriter.ToHtml(result.Page("tiny", "pictures"));
        Assert.Contains("<h2 id=\"tuning-heading\">Learning rate</h2>", page, StringComparison.Ordinal);
        Assert.Equal(1, page.Split("<svg").Length - 1);
        Assert.Contains(result.Lead, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rate_tests_options_are_checked_first()
    {
        using var world = new TinyWorld(4);

        var error = await Assert.ThrowsAsync<TuningException>(() =>
            TunedRetrainer.FindRateAsync(world.Dataset, Options(world), new RateTestOptions { From = 2, Steps = 3 })
        );

        Assert.Equal(
            "Options of the learning rate range test have faults: rates from 2 to 1 do not rise within 0 to 1000; 3 steps are outside "
                + "10 to 10000.",
            error.Message
        );
    }

    [Fact]
    public async Task A_misspelt_property_of_the_block_is_named()
    {
        using var world = new TinyWorld(4);

        var error = await Assert.ThrowsAsync<RecipeException>(() =>
            TunedRetrainer.RetrainAsync(world.Dataset, null, Options(world, """{ "epoch": 3 }"""))
        );

        Assert.StartsWith("Recipe 'tiny', block 'tuning', cannot be read: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("'epoch'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_of_the_block_come_at_once()
    {
        using var world = new TinyWorld(4);

        var error = await Assert.ThrowsAsync<RecipeException>(() =>
            TunedRetrainer.RetrainAsync(
                world.Dataset,
                null,
                Options(world, """{ "epochs": 0, "rate": -1, "augmentation": { "flip": 3 } }""")
            )
        );

        Assert.Equal(
            "Recipe 'tiny', block 'tuning', has faults: 'epochs' is 0, outside 1 to 1000; 'rate' is -1, outside 1E-12 to 10; "
                + "'augmentation.flip' is 3, outside 0 to 1.",
            error.Message
        );
    }

    [Fact]
    public async Task A_teacher_of_another_task_is_named_with_what_it_takes()
    {
        using var world = new TinyWorld(120);

        var error = await Assert.ThrowsAsync<TuningException>(() =>
            TunedRetrainer.RetrainAsync(
                world.Dataset,
                null,
                Options(world, $$"""{ "teachers": [{{JsonValue.Create(world.BackbonePath)!.ToJsonString()}}] }""")
            )
        );

        Assert.StartsWith(
            $"Teacher '{world.BackbonePath}' answers another question: it takes pixels float [?, 3, 32, 32] and gives deep float [?, 16, "
                + $"8, 8]. ",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_frozen_retrain_refuses_a_recipe_that_asks_for_tuning()
    {
        using var world = new TinyWorld(4);

        var error = await Assert.ThrowsAsync<RecipeException>(() => Retrainer.RetrainAsync(world.Dataset, null, Options(world).Retrain));

        Assert.StartsWith(
            "Recipe 'tiny' has a block 'tuning', and a frozen backbone was asked for.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory, InlineData("light-tuned", 224), InlineData("accurate-tuned", 320)]
    public void Ready_recipes_tune(string name, int side)
    {
        var recipe = RecipeCatalog.Open(name);

        Assert.Equal(side, recipe.Input.Width);
        Assert.NotNull(recipe.Tuning);
        Assert.Null(TuningRecipe.Of(recipe).Fault());
        var (options, again) = (TuningRecipe.Of(recipe), TuningRecipe.Of(TuningRecipe.With(recipe, TuningRecipe.Of(recipe))));
        Assert.Equal(options.ToString(), again.ToString());
        Assert.Equal(options.Sizes.ToArray(), again.Sizes.ToArray());
    }

    private static TunedRetrainOptions Options(
        TinyWorld world,
        string block = """{ "epochs": 3, "batchSize": 8, "frozenLayers": 0, "rate": 1e-3, "threads": 2, "holdOut": 0.3 }"""
    ) => new() { Retrain = world.Options with { Recipe = world.Recipe with { Tuning = (JsonObject)JsonNode.Parse(block)! } } };

    /// <summary>The product's cache folder, for one test.</summary>
    private sealed class Home : IDisposable
    {
        private readonly string? _old = Environment.GetEnvironmentVariable("MLNETPERSON_HOME");

        public Home(string folder) => Environment.SetEnvironmentVariable("MLNETPERSON_HOME", folder);

        public void Dispose() => Environment.SetEnvironmentVariable("MLNETPERSON_HOME", _old);
    }
}
