using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;
using Microsoft.ML.Transforms.Image;
using MLNetPerson.Images;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.MLNet.Transforms;
using MLNetPerson.Testing;

namespace MLNetPerson.MLNet.Tests.Pipelines;

public sealed class PersonPipelineTests(PicturesWorld world) : IClassFixture<PicturesWorld>
{
    private MLContext Ml => world.Ml;

    public static TheoryData<PersonChain> Chains => [PersonChain.Careful, PersonChain.Classic];

    [Theory, MemberData(nameof(Chains))]
    public void A_chain_fits_scores_saves_and_loads(PersonChain chain)
    {
        var model = Ml.PersonPipeline(world.Options with { Chain = chain }).Fit(world.Data);
        var metrics = Ml.BinaryClassification.Evaluate(model.Transform(world.Data));
        var loaded = world.Reload(model);

        Assert.InRange(metrics.AreaUnderRocCurve, 0.8, 1);
        Assert.Equal(Probabilities(model), Probabilities(loaded));
        Assert.Equal(metrics.LogLoss, Ml.BinaryClassification.Evaluate(loaded.Transform(world.Data)).LogLoss);
    }

    [Theory, MemberData(nameof(Chains))]
    public void A_chain_of_one_class_is_refused(PersonChain chain)
    {
        var persons = Ml.Data.FilterRowsByColumn(
            Ml.Transforms.Conversion.ConvertType("Number", "Label", DataKind.Single).Fit(world.Data).Transform(world.Data),
            "Number",
            lowerBound: 0.5
        );

        Assert.Contains(
            "and 0 without. A classifier needs pictures of both kinds.",
            Assert
                .Throws<MLNetPerson.Training.Heads.HeadException>(() =>
                    Ml.PersonPipeline(world.Options with { Chain = chain }).Fit(persons)
                )
                .Message
        );
    }

    [Theory, MemberData(nameof(Chains))]
    public void A_chain_can_be_cross_validated(PersonChain chain)
    {
        var folds = Ml.BinaryClassification.CrossValidate(
            world.Data,
            Ml.PersonPipeline(world.Options with { Chain = chain }),
            numberOfFolds: 4,
            seed: 3
        );

        Assert.Equal(4, folds.Count);
        Assert.InRange(folds.Average(fold => fold.Metrics.AreaUnderRocCurve), 0.5, 1);
    }

    [Theory, MemberData(nameof(Chains))]
    public void The_network_runs_once_a_picture_however_often_the_trainer_passes(PersonChain chain)
    {
        var (cached, uncached) = (new CountingView(world.Data, "ImagePath"), new CountingView(world.Data, "ImagePath"));

        Ml.PersonPipeline(world.Options with { Chain = chain }).Fit(cached);
        Ml.PersonPipeline(world.Options with { Chain = chain, CacheFeatures = false }).Fit(uncached);

        // Our own views read the column twice: ahead, and for whoever wants it as it is.
        Assert.InRange(cached.Rows, 40, 80);
        Assert.InRange(uncached.Rows, 400, int.MaxValue);
    }

    [Fact]
    public void The_careful_chain_trains_on_what_retrain_trains_on()
    {
        var own = world.World.Retrain(
            world.World.Options with
            {
                Out = world.World["own"],
                Recipe = MLNetGoldens.PlainRecipe(world.World),
            }
        );
        using var classifier = MLNetPerson.PersonClassifier.Load(own.Package);

        var said = Probabilities(Ml.PersonPipeline(world.Options).Fit(world.Data));

        // Same pixels, features, standardisation and penalty; two solvers.
        Assert.All(
            world.World.Dataset.Samples.Zip(said),
            pair => Assert.Equal(classifier.Predict(pair.First.Path).Probability, pair.Second, MLNetGoldens.Agreement)
        );
    }

    [Fact]
    public void A_recipes_feature_weights_count()
    {
        var heavy = world.World.Recipe with
        {
            Features = [.. world.World.Recipe.Features.Select((feature, i) => feature with { Weight = i == 0 ? 5 : 1 })],
        };

        Assert.NotEqual(
            Probabilities(Ml.PersonPipeline(world.Options).Fit(world.Data)),
            Probabilities(Ml.PersonPipeline(world.Options with { Recipe = heavy }).Fit(world.Data))
        );
    }

    public static TheoryData<string> Trainers => ["lbfgs", "sdca", "averagedperceptron", "linearsvm", "ldsvm", "ffm", "lightgbm"];

    [Theory, MemberData(nameof(Trainers))]
    public void Any_binary_trainer_can_be_the_head(string name)
    {
        var trainers = Ml.BinaryClassification.Trainers;
        var platt = Ml.BinaryClassification.Calibrators.Platt();
        IEstimator<ITransformer> trainer = name switch
        {
            "lbfgs" => trainers.LbfgsLogisticRegression(),
            "sdca" => trainers.SdcaLogisticRegression(),
            "averagedperceptron" => trainers.AveragedPerceptron().Append(platt),
            "linearsvm" => trainers.LinearSvm().Append(platt),
            "ldsvm" => trainers.LdSvm().Append(platt),
            "ffm" => trainers.FieldAwareFactorizationMachine("Features"),
            _ => trainers.LightGbm(
                new LightGbmBinaryTrainer.Options
                {
                    NumberOfThreads = 1,
                    NumberOfIterations = 10,
                    MinimumExampleCountPerLeaf = 2,
                }
            ),
        };

        var model = Ml.PersonPipeline(world.Options with { Trainer = trainer }).Fit(world.Data);

        var probabilities = Probabilities(model);
        Assert.All(probabilities, probability => Assert.InRange(probability, 0, 1));
        Assert.Equal(probabilities, Probabilities(world.Reload(model)));
    }

    [Fact]
    public void Bad_pictures_are_dropped_from_training_and_named()
    {
        List<DroppedImage> dropped = [];
        var rows = world
            .World.Dataset.Samples.Select(sample => new PictureRow { ImagePath = sample.Path, Label = sample.IsPerson })
            .ToList();
        rows.Insert(3, new PictureRow { ImagePath = "gone.png", Label = true });
        var data = Ml.Data.LoadFromEnumerable(rows);

        var model = Ml.PersonPipeline(world.Options with { OnBadImage = BadImages.Drop, Dropped = dropped.Add }).Fit(data);

        Assert.Equal(["gone.png"], dropped.Select(drop => drop.Name).Distinct());
        Assert.Equal(Probabilities(Ml.PersonPipeline(world.Options).Fit(world.Data)), Probabilities(model));
    }

    [Fact]
    public void A_bad_picture_ends_training_by_name_where_nothing_else_is_asked()
    {
        var data = Ml.Data.LoadFromEnumerable([new PictureRow { ImagePath = "gone.png", Label = true }]);

        Assert.Equal("gone.png", Assert.Throws<ImageException>(() => Ml.PersonPipeline(world.Options).Fit(data)).Name);
    }

    [Fact]
    public void The_classic_chain_is_made_of_the_steps_that_were_asked_for()
    {
        var model = Ml.PersonPipeline(world.Options with { Chain = PersonChain.Classic, Standardize = false }).Fit(world.Data);

        Assert.Equal(
            [
                "ImageLoadingTransformer",
                "ImageResizingTransformer",
                "ImagePixelExtractingTransformer",
                "OnnxTransformer",
                "BinaryPredictionTransformer`1",
            ],
            LinearHeadReader.Steps(model).Select(step => step.GetType().Name)
        );
    }

    [Fact]
    public void The_classic_network_gives_the_careful_ones_features_for_the_same_pixels()
    {
        // Pictures of the network's own size need no resizing: the two chains then see the same pixels.
        var rows = Enumerable
            .Range(0, 6)
            .Select(i =>
            {
                world.World.Write($"sized/{i}.png", ImageWriter.EncodePng(TestImages.Noise(TinyWorld.Side, TinyWorld.Side, seed: i)));
                return new PictureRow { ImagePath = world.World[$"sized/{i}.png"], Label = i % 2 == 0 };
            })
            .ToArray();
        var data = Ml.Data.LoadFromEnumerable(rows);

        float[][] Features(PersonChain chain) =>
            Ml.PersonPipeline(world.Options with { Chain = chain, Standardize = false })
                .Fit(data)
                .Transform(data)
                .Vectors<float>("Features");

        Assert.Equal(Features(PersonChain.Careful), Features(PersonChain.Classic));
    }

    /// <summary>
    /// ML.NET 5's resizers on one small picture. When this differs under a later ML.NET, its resizer has moved, and classic chains have to
    /// be trained again; careful chains have not.
    /// </summary>
    [Theory]
    [InlineData(ImageResizingEstimator.ResizingKind.Fill, "31,25,105|95,89,75|223,229,15")]
    [InlineData(ImageResizingEstimator.ResizingKind.IsoPad, "31,76,104|95,178,74|0,0,0")]
    [InlineData(ImageResizingEstimator.ResizingKind.IsoCrop, "63,31,90|106,95,69|191,223,29")]
    public void Mlnets_resizer_is_the_one_that_was_measured(ImageResizingEstimator.ResizingKind kind, string golden)
    {
        world.World.Write("corners.png", ImageWriter.EncodePng(TestImages.Corners(33, 21)));
        var data = Ml.Data.LoadFromEnumerable([new PictureRow { ImagePath = world.World["corners.png"] }]);
        var pixels = Ml
            .Transforms.LoadImages("picture", "", "ImagePath")
            .Append(Ml.Transforms.ResizeImages("picture", 4, 4, "picture", kind))
            .Append(Ml.Transforms.ExtractPixels("pixels", "picture", interleavePixelColors: true))
            .Fit(data)
            .Transform(data)
            .Vectors<float>("pixels")[0];

        Assert.Equal(golden, string.Join('|', new[] { 0, 5, 15 }.Select(i => string.Join(',', pixels.AsSpan(i * 3, 3).ToArray()))));
    }

    [Fact]
    public void Faults_of_options_are_named_together()
    {
        var fault = Assert.Throws<ArgumentException>(() =>
            Ml.PersonPipeline(
                new PersonPipelineOptions
                {
                    LabelColumn = "",
                    L2 = 0,
                    Chain = PersonChain.Classic,
                    OnBadImage = BadImages.Drop,
                }
            )
        );

        Assert.StartsWith(
            "LabelColumn is empty; L2 is 0, it must be above 0; OnBadImage is Drop: ML.NET's LoadImages cannot leave rows out, take the "
                + "careful chain",
            fault.Message
        );
    }

    private float[] Probabilities(ITransformer model) => model.Transform(world.Data).Values<float>("Probability");
}
