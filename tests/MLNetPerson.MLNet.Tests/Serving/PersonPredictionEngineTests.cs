using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetPerson.Images;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.MLNet.Serving;
using MLNetPerson.Prediction;
using MLNetPerson.Testing;

namespace MLNetPerson.MLNet.Tests.Serving;

public sealed class PersonPredictionEngineTests : IClassFixture<PicturesWorld>
{
    private readonly PicturesWorld _world;
    private readonly ITransformer _model;
    private readonly string[] _files;

    public PersonPredictionEngineTests(PicturesWorld world)
    {
        _world = world;
        _model = world.Ml.PersonPipeline(world.Options).Fit(world.Data);
        _files = [.. world.World.Dataset.Samples.Select(sample => sample.Path)];
    }

    [Theory, InlineData(PersonChain.Careful), InlineData(PersonChain.Classic)]
    public void Path_bytes_stream_and_picture_get_the_same_answer_fresh_and_read_back(PersonChain chain)
    {
        var model = _world.Ml.PersonPipeline(_world.Options with { Chain = chain }).Fit(_world.Data);
        var expected = model.Transform(_world.Data).Values<float>("Probability");
        foreach (var served in new[] { model, _world.Reload(model) })
        {
            using var engine = new PersonPredictionEngine(_world.Ml, served);
            for (var i = 0; i < _files.Length; i++)
            {
                var bytes = File.ReadAllBytes(_files[i]);
                using var stream = new MemoryStream(bytes);
                using var image = MLImage.CreateFromFile(_files[i]);

                var answer = engine.Predict(_files[i]);

                Assert.Equal(expected[i], answer.Probability);
                Assert.Equal(answer.Probability > 0.5f, answer.IsPerson);
                Assert.Equal(answer, engine.Predict(bytes));
                Assert.Equal(answer, engine.Predict(stream));
                Assert.Equal(answer, engine.Predict(image));
                Assert.True(stream.CanRead);
            }
        }
    }

    [Fact]
    public void Eight_threads_get_the_sequential_answers_ten_thousand_times()
    {
        using var engine = new PersonPredictionEngine(_world.Ml, _model);
        var pictures = _files.Select(File.ReadAllBytes).ToArray();
        var alone = pictures.Select(picture => engine.Predict(picture)).ToArray();
        var wrong = 0;
        var threads = Enumerable
            .Range(0, 8)
            .Select(thread => new Thread(() =>
            {
                for (var i = thread; i < 10_000; i += 8)
                {
                    var at = (i * 7) % pictures.Length;
                    var answer = i % 2 == 0 ? engine.Predict(pictures[at]) : engine.Predict(_files[at]);
                    if (answer != alone[at])
                    {
                        Interlocked.Increment(ref wrong);
                    }
                }
            }))
            .ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(0, wrong);
    }

    [Fact]
    public void An_engine_disposes_neither_a_model_that_it_was_given_nor_its_siblings()
    {
        var (first, second) = (new PersonPredictionEngine(_world.Ml, _model), new PersonPredictionEngine(_world.Ml, _model));
        var before = second.Predict(_files[0]);

        first.Dispose();
        first.Dispose();

        Assert.Equal(before, second.Predict(_files[0]));
        Assert.Throws<ObjectDisposedException>(() => first.Predict(_files[0]));
        second.Dispose();
        Assert.Equal(_files.Length, _model.Transform(_world.Data).Values<float>("Probability").Length);
    }

    [Fact]
    public void It_loads_zips_and_packages()
    {
        var zip = _world.World["engine.zip"];
        _world.Ml.Model.Save(_model, _world.Data.Schema, zip);
        _world.World.Retrain();
        using var given = new PersonPredictionEngine(_world.Ml, _model);
        using var loaded = PersonPredictionEngine.Load(zip);
        using var package = PersonPredictionEngine.Load(_world.World.PackagePath);
        using var classifier = PersonClassifier.Load(_world.World.PackagePath);

        Assert.All(_files, file => Assert.Equal(given.Predict(file), loaded.Predict(file)));
        Assert.All(_files, file => Assert.Equal(classifier.Predict(file), package.Predict(file)));
    }

    [Fact]
    public void The_file_is_not_kept_open()
    {
        var zip = _world.World["open.zip"];
        _world.Ml.Model.Save(_model, _world.Data.Schema, zip);
        using var engine = PersonPredictionEngine.Load(zip);

        File.Delete(zip);

        Assert.InRange(engine.Predict(_files[0]).Probability, 0, 1);
    }

    [Fact]
    public void Bad_pictures_are_named_and_do_no_harm_to_the_next()
    {
        using var engine = new PersonPredictionEngine(_world.Ml, _model);
        var before = engine.Predict(_files[0]);
        var jpeg = TestImages.Jpeg(TestImages.Noise(64, 64, 3));

        Assert.Equal(("gone.png", ImageFault.Unreadable), Fault(() => engine.Predict("gone.png")));
        Assert.Equal(("picture", ImageFault.Damaged), Fault(() => engine.Predict(jpeg.AsSpan(0, jpeg.Length / 2))));
        Assert.Equal(("upload", ImageFault.Empty), Fault(() => engine.Predict(new MemoryStream(), "upload")));
        Assert.Equal(before, engine.Predict(_files[0]));

        (string, ImageFault) Fault(Action ask)
        {
            var fault = Assert.Throws<ImageException>(ask);
            return (fault.Name, fault.Fault);
        }
    }

    [Fact]
    public void Another_column_name_can_be_told()
    {
        var data = _world.Ml.Data.LoadFromEnumerable(_files.Select((file, i) => new { Photo = file, Person = i % 2 == 0 }).ToArray());
        var model = _world.Ml.PersonPipeline(_world.Options with { ImageColumn = "Photo", LabelColumn = "Person" }).Fit(data);

        using var engine = new PersonPredictionEngine(_world.Ml, model, new PersonEngineOptions { ImageColumn = "Photo" });

        Assert.InRange(engine.Predict(File.ReadAllBytes(_files[0])).Probability, 0, 1);
    }

    [Fact]
    public void A_model_that_cannot_answer_says_what_is_missing()
    {
        var margins = _world
            .Ml.PersonPipeline(_world.Options with { Trainer = _world.Ml.BinaryClassification.Trainers.AveragedPerceptron() })
            .Fit(_world.Data);

        var fault = Assert.Throws<InvalidOperationException>(() => new PersonPredictionEngine(_world.Ml, margins));

        Assert.StartsWith("The model cannot answer whether there is a person: ", fault.Message);
        Assert.EndsWith("a trainer of margins needs a calibrator behind it.", fault.Message);
    }

    [Fact]
    public void What_is_no_model_says_so()
    {
        _world.World.Write("no.zip", "no zip");

        Assert.StartsWith(
            "There is no model 'nowhere.zip'.",
            Assert.Throws<FileNotFoundException>(() => PersonPredictionEngine.Load("nowhere.zip")).Message
        );
        Assert.StartsWith(
            $"'{_world.World["no.zip"]}' is not a model that ML.NET can load: ",
            Assert.Throws<InvalidOperationException>(() => PersonPredictionEngine.Load(_world.World["no.zip"])).Message
        );
    }
}
