using Microsoft.ML;
using Microsoft.ML.Trainers.LightGbm;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.Prediction;
using MLNetPerson.Testing;
using MLNetPerson.Training.Export;

namespace MLNetPerson.MLNet.Tests.Pipelines;

public sealed class PackageExportTests(PicturesWorld world) : IClassFixture<PicturesWorld>
{
    /// <summary>What was promised of the chain, the classifier and the bare ONNX file, given the same weights.</summary>
    private const double Parity = 1e-5;

    private MLContext Ml => world.Ml;

    private PersonPackageOptions Options =>
        new()
        {
            Folder = world.World[Guid.NewGuid().ToString("N")],
            Recipe = world.World.Recipe,
            Features = world.World.FeatureOptions,
        };

    public static TheoryData<string> Trainers => ["default", "lbfgs", "sdca", "averagedperceptron", "minmax", "meanvariance", "raw"];

    [Theory, MemberData(nameof(Trainers))]
    public void Chain_classifier_and_bare_onnx_agree(string name)
    {
        var trainers = Ml.BinaryClassification.Trainers;
        var options = name switch
        {
            "default" => world.Options,
            "lbfgs" => world.Options with { Trainer = trainers.LbfgsLogisticRegression() },
            "sdca" => world.Options with { Trainer = trainers.SdcaLogisticRegression() },
            "averagedperceptron" => world.Options with
            {
                Trainer = trainers.AveragedPerceptron().Append(Ml.BinaryClassification.Calibrators.Platt()),
            },
            "minmax" => world.Options with
            {
                Standardize = false,
                Trainer = Ml.Transforms.NormalizeMinMax("Features").Append(trainers.LbfgsLogisticRegression()),
            },
            "meanvariance" => world.Options with
            {
                Standardize = false,
                Trainer = Ml.Transforms.NormalizeMeanVariance("Features", fixZero: false).Append(trainers.LbfgsLogisticRegression()),
            },
            _ => world.Options with { Standardize = false },
        };
        var model = Ml.PersonPipeline(options).Fit(world.Data);
        var said = model.Transform(world.Data).Values<float>("Probability");

        var package = Options;
        Ml.ToPersonPackage(model, world.Data, world.Data, package);

        using var classifier = PersonClassifier.Load(package.Folder);
        using var bare = OnnxModel.Load(Path.Combine(package.Folder, "model.onnx"));
        var (pixels, probability) = (new byte[PicturesWorld.Input.ByteCount], new float[1]);
        foreach (var (sample, chain) in world.World.Dataset.Samples.Zip(said))
        {
            new ImageReader().ReadResized(File.ReadAllBytes(sample.Path), PicturesWorld.Input, pixels);
            bare.Run<byte>(pixels, [1, TinyWorld.Side, TinyWorld.Side, 3], probability);
            Assert.Equal(probability[0], classifier.Predict(sample.Path).Probability, Parity);
            Assert.Equal(probability[0], chain, Parity);
        }
    }

    [Fact]
    public void A_model_that_was_read_back_can_be_exported()
    {
        var model = Ml.PersonPipeline(world.Options).Fit(world.Data);
        var (first, second) = (Options, Options);

        Ml.ToPersonPackage(model, world.Data, world.Data, first);
        Ml.ToPersonPackage(world.Reload(model), world.Data, world.Data, second);

        Assert.Equal(
            File.ReadAllBytes(Path.Combine(first.Folder, "model.onnx")),
            File.ReadAllBytes(Path.Combine(second.Folder, "model.onnx"))
        );
    }

    [Fact]
    public void The_manifest_tells_threshold_numbers_and_trainer()
    {
        var options = Options with { Threshold = 0.4, Name = "yard", Trainer = "mlnet:lbfgs" };

        Ml.ToPersonPackage(Ml.PersonPipeline(world.Options).Fit(world.Data), world.Data, Ml.Data.TakeRows(world.Data, 30), options);

        using var classifier = PersonClassifier.Load(options.Folder);
        var manifest = classifier.Package.Manifest;
        Assert.Equal(
            ("yard", "mlnet:lbfgs", 0.4, "fixed 0.4", "held-out", 30, 40),
            (
                manifest.Name,
                manifest.Trainer,
                manifest.Threshold,
                manifest.ThresholdRule,
                manifest.Metrics.Source,
                manifest.Metrics.Samples,
                manifest.Dataset.Samples
            )
        );
    }

    [Fact]
    public void Encodings_are_added_as_retrain_adds_them_and_can_be_applied()
    {
        var options = Options with
        {
            Encodings = new QuantizeOptions
            {
                Encodings = ["int8", "fp16"],
                Calibration = 10,
                MaxDrop = 100,
            },
        };

        Ml.ToPersonPackage(Ml.PersonPipeline(world.Options).Fit(world.Data), world.Data, world.Data, options);

        using var classifier = PersonClassifier.Load(options.Folder, "int8");
        Assert.Equal(["float32", "int8", "fp16"], classifier.Package.Manifest.Encodings.Select(encoding => encoding.Name));
        var said = Ml
            .Transforms.ApplyPersonPackage(options.Folder, options: new ApplyPackageOptions { Encoding = "int8" })
            .Fit(world.Data)
            .Transform(world.Data)
            .Values<float>("Probability");
        Assert.Equal(world.World.Dataset.Samples.Select(sample => classifier.Predict(sample.Path).Probability), said);
    }

    [Fact]
    public void Trees_are_refused_with_the_reason_and_what_still_works()
    {
        var trees = Ml.BinaryClassification.Trainers.LightGbm(
            new LightGbmBinaryTrainer.Options
            {
                NumberOfThreads = 1,
                NumberOfIterations = 5,
                MinimumExampleCountPerLeaf = 2,
            }
        );
        var model = Ml.PersonPipeline(world.Options with { Trainer = trees }).Fit(world.Data);

        var fault = Refused(model);

        Assert.StartsWith("This chain's trainer (LightGbmBinaryModelParameters) makes no linear model", fault);
        Assert.Contains("saved as ML.NET's own .zip and served by PersonPredictionEngine", fault);
    }

    [Fact]
    public void Margins_are_refused_until_they_are_calibrated() =>
        Assert.Contains(
            "Append a calibrator to the chain",
            Refused(
                Ml.PersonPipeline(world.Options with { Trainer = Ml.BinaryClassification.Trainers.AveragedPerceptron() }).Fit(world.Data)
            )
        );

    [Fact]
    public void Probabilities_that_are_no_logistic_function_are_refused() =>
        Assert.StartsWith(
            "The classifier's probabilities come from a IsotonicCalibrator",
            Refused(
                Ml.PersonPipeline(
                        world.Options with
                        {
                            Trainer = Ml
                                .BinaryClassification.Trainers.AveragedPerceptron()
                                .Append(Ml.BinaryClassification.Calibrators.Isotonic()),
                        }
                    )
                    .Fit(world.Data)
            )
        );

    [Fact]
    public void A_normaliser_that_is_not_affine_is_refused() =>
        Assert.StartsWith(
            "The chain normalises features in a way that is not scale and offset",
            Refused(
                Ml.PersonPipeline(
                        world.Options with
                        {
                            Standardize = false,
                            Trainer = Ml
                                .Transforms.NormalizeBinning("Features")
                                .Append(Ml.BinaryClassification.Trainers.LbfgsLogisticRegression()),
                        }
                    )
                    .Fit(world.Data)
            )
        );

    [Fact]
    public void A_classic_chain_is_refused_since_a_package_sees_other_pixels() =>
        Assert.StartsWith(
            "The package would not say what the chain says: on '",
            Refused(Ml.PersonPipeline(world.Options with { Chain = PersonChain.Classic }).Fit(world.Data))
        );

    [Fact]
    public void Another_recipe_than_the_chains_is_refused()
    {
        var model = Ml.PersonPipeline(world.Options).Fit(world.Data);
        var other = Options with { Recipe = world.World.Recipe with { Features = world.World.Recipe.Features[..1] } };

        Assert.StartsWith(
            "The classifier has 40 weights, the recipe's network gives 8 features.",
            Assert.Throws<ExportException>(() => Ml.ToPersonPackage(model, world.Data, world.Data, other)).Message
        );
        Assert.False(Directory.Exists(other.Folder));
    }

    [Fact]
    public void A_model_without_a_classifier_is_refused() =>
        Assert.StartsWith("There is no trained classifier in this model.", Refused(world.LoadImages().Fit(world.Data)));

    private string Refused(ITransformer model)
    {
        var options = Options;
        var fault = Assert.Throws<ExportException>(() => Ml.ToPersonPackage(model, world.Data, world.Data, options));
        Assert.False(Directory.Exists(options.Folder));
        return fault.Message;
    }
}
