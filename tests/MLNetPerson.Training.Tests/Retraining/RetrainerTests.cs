using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;
using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Training.Tests.Retraining;

public sealed class RetrainerTests : IDisposable
{
    private readonly TinyWorld _world = new();

    [Fact]
    public void A_retrain_ends_with_a_package_that_predicts()
    {
        var result = _world.Retrain();

        using var classifier = PersonClassifier.Load(_world.PackagePath);
        var manifest = classifier.Package.Manifest;
        Assert.Equal(("cross-validated", 40, 40), (manifest.Metrics.Source, manifest.Metrics.Samples, manifest.Dataset.Samples));
        Assert.Equal(result.Evaluation.Accuracy.Value, manifest.Metrics.Values["accuracy"].Value);
        Assert.True(result.Export.Parity.Pictures >= 32 && result.Export.Parity.Difference <= 1e-4);
        Assert.InRange(classifier.Predict(_world["pictures/person/000.png"]).Probability, 0, 1);
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes()
    {
        _world.Retrain();
        var first = Hashes(_world.PackagePath);
        Directory.Delete(_world.CachePath, recursive: true);
        _world.Retrain();

        Assert.Equal(first, Hashes(_world.PackagePath));
    }

    [Fact]
    public void Another_seed_gives_another_head()
    {
        _world.Retrain();
        var first = Sha256Text.OfFile(Path.Combine(_world.PackagePath, "model.onnx"));
        _world.Retrain(_world.Options with { Recipe = _world.Recipe with { Head = _world.Recipe.Head with { Seed = 99 } } });

        Assert.NotEqual(first, Sha256Text.OfFile(Path.Combine(_world.PackagePath, "model.onnx")));
    }

    [Fact]
    public async Task Held_out_pictures_are_only_reported_on()
    {
        var (training, heldOut) = HashSplit.Divide(_world.Dataset.Samples, 0.4, seed: 3);
        var all = _world.Dataset;

        var result = await Retrainer.RetrainAsync(
            all with
            {
                Samples = [.. training],
            },
            all with
            {
                Samples = [.. heldOut],
            },
            _world.Options
        );
        var withoutThem = _world.Retrain(_world.Options with { Out = _world["alone"] }, all with { Samples = [.. training] });

        Assert.Equal("held-out", result.EvaluationSource);
        Assert.Equal(heldOut.Count, result.Evaluation.Confusion.Total);
        Assert.Equal(withoutThem.Evaluation.Threshold, result.Evaluation.Threshold);
        Assert.Equal(withoutThem.Head.L2, result.Head.L2);
    }

    [Fact]
    public async Task The_package_does_as_well_as_the_report_of_held_out_pictures_says()
    {
        var (training, heldOut) = HashSplit.Divide(_world.Dataset.Samples, 0.4, seed: 3);
        var all = _world.Dataset;
        var result = await Retrainer.RetrainAsync(
            all with
            {
                Samples = [.. training],
            },
            all with
            {
                Samples = [.. heldOut],
            },
            _world.Options
        );

        using var classifier = PersonClassifier.Load(_world.PackagePath);
        var measured = PackageEvaluator.Evaluate(classifier, all with { Samples = [.. heldOut] });

        Assert.Equal(result.Evaluation.Confusion, measured.Report.Confusion);
        Assert.Equal(result.Evaluation.LogLoss.Value, measured.Report.LogLoss.Value, 1e-5);
    }

    [Fact]
    public void The_datasets_hash_knows_pictures_and_labels_but_not_names()
    {
        string Hash() => _world.Retrain().Export.Manifest.Dataset.Sha256;
        var before = Hash();

        File.Move(_world["pictures/person/000.png"], _world["pictures/person/renamed.png"]);
        Assert.Equal(before, Hash());

        File.Move(_world["pictures/person/renamed.png"], _world["pictures/none/renamed.png"]);
        Assert.NotEqual(before, Hash());
    }

    [Fact]
    public void Goldens_are_answered_as_promised()
    {
        _world.Retrain();
        var package = ModelPackage.Open(_world.PackagePath);

        var results = GoldenCheck.Run(package, package.Manifest.Encodings[0]);

        Assert.Equal(5, results.Count);
        Assert.All(results, golden => Assert.True(golden.IsRight, golden.ToString()));
        Assert.All(results, golden => Assert.Equal(golden.Promised, golden.Given, 6));
    }

    [Fact]
    public void An_export_that_says_something_else_is_refused_and_leaves_nothing()
    {
        var network = _world.Network();
        var features = new Training.Features.FeatureExtractor(network, _world.FeatureOptions).Extract(_world.Dataset.Samples);
        var (head, _) = new Training.Heads.HeadTrainer(_world.Recipe.Head).Fit(features.Samples, features.Table, network.Blocks);
        var other = new Training.Heads.LinearHead([.. head.Weights.Select(weight => -weight)], head.Bias + 1);
        var model = ModelAssembler.Assemble(network, other, 0.5).ToBytes();

        var fault = Assert.Throws<ExportException>(() => ParityCheck.Run(model, network, head, features, new ImageLimits())).Message;

        Assert.Matches(
            @"^The exported model does not reproduce the training path: on '.*\.png' it says [01]\.\d{6}, [01]\.\d{6} off, 0\.0001 is the limit\. Nothing was written;",
            fault
        );
    }

    [Fact]
    public void A_small_dataset_is_filled_up_for_the_parity_check()
    {
        using var small = new TinyWorld(pictures: 12);

        Assert.Equal(32, small.Retrain().Export.Parity.Pictures);
    }

    [Fact]
    public async Task An_interrupted_retrain_leaves_no_package_and_goes_on()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Watch(report =>
        {
            if (report.Step.StartsWith("cross-validating", StringComparison.Ordinal))
            {
                cancellation.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Retrainer.RetrainAsync(_world.Dataset, null, _world.Options, progress, cancellation.Token)
        );

        Assert.False(Directory.Exists(_world.PackagePath));
        Assert.Equal(40, _world.Retrain().FromCache);
    }

    [Fact]
    public void Pictures_of_one_kind_only_are_refused()
    {
        var persons = _world.Dataset with { Samples = [.. _world.Dataset.Samples.Where(sample => sample.IsPerson)] };

        Assert.Equal(
            "Dataset 'pictures' has 20 pictures, 20 of them with a person. A classifier needs pictures of both kinds.",
            Assert.Throws<DatasetException>(() => _world.Retrain(dataset: persons)).Message
        );
    }

    [Fact]
    public void A_folder_with_other_things_is_refused_before_any_work()
    {
        _world.Write("package/notes.txt", "mine");

        Assert.Throws<PackageException>(() => _world.Retrain());
        Assert.False(Directory.Exists(_world.CachePath));
    }

    [Fact]
    public void The_models_metadata_says_how_to_use_it()
    {
        _world.Retrain();
        var graph = Training.Onnx.OnnxGraph.Parse(File.ReadAllBytes(Path.Combine(_world.PackagePath, "model.onnx")), "model");

        var metadata = graph.Model.MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);

        Assert.Equal(("32", "squash", "tiny"), (metadata["input.width"], metadata["input.resize"], metadata["backbone"]));
        Assert.True(graph.Opset >= 13);
    }

    public void Dispose() => _world.Dispose();

    private static Dictionary<string, string> Hashes(string folder) =>
        Directory
            .GetFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file), Sha256Text.OfFile);

    private sealed class Watch(Action<RetrainProgress> seen) : IProgress<RetrainProgress>
    {
        public void Report(RetrainProgress value) => seen(value);
    }
}
