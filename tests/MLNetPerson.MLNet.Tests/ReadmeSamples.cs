using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML;
using Microsoft.ML.Trainers.LightGbm;
using Microsoft.ML.Transforms.Onnx;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.MLNet.Serving;
using MLNetPerson.MLNet.Transforms;
using MLNetPerson.Testing;

namespace MLNetPerson.MLNet.Tests;

/// <summary>The code of the ML.NET page: it runs here, and the page may show nothing that does not.</summary>
public sealed class ReadmeSamples : IDisposable
{
    private readonly PicturesWorld _world = PicturesWorld.Of(60);

    [Fact]
    public void A_chain_from_pictures_to_a_zip()
    {
        var (rows, zip, street) = (Rows(), _world.World["person.zip"], _world.World.Dataset.Samples[0].Path);
        var Options = _world.Options;

        var mlContext = new MLContext(seed: 1);
        var data = mlContext.Data.TrainTestSplit(mlContext.Data.LoadFromEnumerable(rows), testFraction: 0.2);
        var model = mlContext.PersonPipeline(Options).Fit(data.TrainSet);

        Console.WriteLine(mlContext.BinaryClassification.Evaluate(model.Transform(data.TestSet)).Describe());
        mlContext.Model.Save(model, data.TrainSet.Schema, zip);

        using var engine = PersonPredictionEngine.Load(zip);
        Console.WriteLine(engine.Predict(street)); // person (0.973)

        Assert.InRange(engine.Predict(street).Probability, 0, 1);
    }

    [Fact]
    public void Boxes_as_a_column()
    {
        var (mlContext, boxesPackage) = (_world.Ml, Repository.At("models/person-boxes"));
        var pictures = mlContext.Data.LoadFromEnumerable(
            Directory.GetFiles(Path.Combine(boxesPackage, "golden"), "*.png").Select(path => new PictureRow { ImagePath = path })
        );

        var boxes = mlContext.Transforms.ApplyPersonBoxes(boxesPackage).Fit(pictures);
        var rows = boxes.Transform(pictures);
        foreach (var row in mlContext.Data.CreateEnumerable<PersonBoxesRow>(rows, reuseRowObject: false, ignoreMissingColumns: true))
        {
            Console.WriteLine(string.Join("; ", row.Persons)); // person 0.973 at 12, 30, 100 x 220
        }

        Assert.Contains(
            mlContext.Data.CreateEnumerable<PersonBoxesRow>(boxes.Transform(pictures), reuseRowObject: false, ignoreMissingColumns: true),
            row => row.Persons.Any()
        );
    }

    [Fact]
    public void Other_trainers_other_chain_bad_pictures()
    {
        var mlContext = _world.Ml;
        var Recipe = _world.World.Recipe;

        var dropped = new List<DroppedImage>();
        var careful = new PersonPipelineOptions
        {
            Recipe = Recipe,
            OnBadImage = BadImages.Drop,
            Dropped = dropped.Add,
        };
        var classic = new PersonPipelineOptions { Recipe = Recipe, Chain = PersonChain.Classic };
        var trees = careful with
        {
            Trainer = mlContext.BinaryClassification.Trainers.LightGbm(new LightGbmBinaryTrainer.Options { NumberOfThreads = 1 }),
        };
        var margins = careful with
        {
            Trainer = mlContext
                .BinaryClassification.Trainers.AveragedPerceptron()
                .Append(mlContext.BinaryClassification.Calibrators.Platt()),
        };

        Assert.All(
            new[] { careful, classic, trees, margins },
            options =>
                Assert.Equal(
                    60,
                    mlContext.PersonPipeline(options).Fit(_world.Data).Transform(_world.Data).Values<float>("Probability").Length
                )
        );
    }

    [Fact]
    public void From_a_chain_to_a_package_and_back()
    {
        var (mlContext, Recipe, train, test, folder) = (
            _world.Ml,
            _world.World.Recipe,
            _world.Data,
            _world.Data,
            _world.World["yard-model"]
        );
        var model = mlContext.PersonPipeline(_world.Options).Fit(train);

        mlContext.ToPersonPackage(
            model,
            train,
            test,
            new PersonPackageOptions
            {
                Folder = folder,
                Recipe = Recipe,
                Trainer = "mlnet:lbfgs",
            }
        );
        var scored = mlContext.Transforms.ApplyPersonPackage(folder).Fit(test).Transform(test);
        foreach (var score in mlContext.Data.CreateEnumerable<PersonScore>(scored, reuseRowObject: false).Take(3))
        {
            Console.WriteLine(score);
        }

        Assert.Equal(60, scored.Values<float>("Probability").Length);
    }

    [Fact]
    public void In_a_host()
    {
        _world.World.Retrain();
        var (services, folder, bytes) = (
            new ServiceCollection(),
            _world.World.PackagePath,
            File.ReadAllBytes(_world.World.Dataset.Samples[0].Path)
        );

        services.AddPersonPredictionEnginePool(options => options.FromPath(folder));
        using var provider = services.BuildServiceProvider();
        var person = provider.GetRequiredService<PersonPredictionEnginePool>().Predict(bytes);

        Assert.InRange(person.Probability, 0, 1);
    }

    [Fact]
    public void Reading_back_with_everything_that_our_steps_can_do()
    {
        var (mlContext, zip) = (_world.Ml, _world.World["back.zip"]);
        mlContext.Model.Save(mlContext.PersonPipeline(_world.Options).Fit(_world.Data), _world.Data.Schema, zip);

        mlContext.SetOnnxSessionOption(new OnnxSessionOptions { IntraOpNumThreads = 1 });
        var model = mlContext.LoadPersonModel(zip, out var schema, new PersonModelOptions { OnBadImage = BadImages.Drop });

        Assert.Equal(2, schema.Count);
        Assert.Equal(60, model.Transform(_world.Data).Values<float>("Probability").Length);
    }

    [Fact]
    public void The_two_lines_of_the_repositorys_page()
    {
        var (mlContext, pictures) = (_world.Ml, _world.Data);

        var model = mlContext.PersonPipeline().Fit(pictures); // any IDataView with ImagePath and Label
        using var engine = new PersonPredictionEngine(mlContext, model); // may be shared by threads

        Assert.InRange(engine.Predict(_world.World.Dataset.Samples[0].Path).Probability, 0, 1);
    }

    [Fact]
    public void The_page_shows_only_code_that_runs_here()
    {
        var here = File.ReadAllLines(Repository.At("tests/MLNetPerson.MLNet.Tests/ReadmeSamples.cs"))
            .Select(line => line.Trim())
            .ToHashSet();
        var shown = File.ReadAllText(Repository.At("src/MLNetPerson.MLNet/README.md"))
            .Split("```csharp\n")
            .Skip(1)
            .SelectMany(block => block.Split("```")[0].Split('\n'))
            .Select(line => line.Trim())
            .Where(line => line.Length > 0)
            .ToList();

        Assert.InRange(shown.Count, 20, 200);
        Assert.All(shown, line => Assert.Contains(line, here));
    }

    public void Dispose() => _world.Dispose();

    private PictureRow[] Rows() =>
        [.. _world.World.Dataset.Samples.Select(sample => new PictureRow { ImagePath = sample.Path, Label = sample.IsPerson })];
}
