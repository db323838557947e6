using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Prediction;

public sealed class PersonClassifierTests : IClassFixture<TrainedPackage>, IDisposable
{
    private readonly PersonClassifier _classifier;
    private readonly TrainedPackage _package;
    private readonly string[] _pictures;

    public PersonClassifierTests(TrainedPackage package)
    {
        _package = package;
        _classifier = PersonClassifier.Load(package.Path);
        _pictures = [.. Directory.GetFiles(package.World.Pictures, "*.png", SearchOption.AllDirectories).Order()];
    }

    [Fact]
    public void Bytes_path_stream_and_pixels_get_the_same_answer()
    {
        var bytes = File.ReadAllBytes(_pictures[0]);
        var image = new ImageReader().Read(bytes);
        using var stream = new MemoryStream(bytes);

        var answer = _classifier.Predict(bytes);

        Assert.Equal(answer, _classifier.Predict(_pictures[0]));
        Assert.Equal(answer, _classifier.Predict(stream));
        Assert.Equal(answer, _classifier.Predict(image.Pixels, image.Width, image.Height));
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void The_answer_is_that_of_a_bare_session()
    {
        var spec = new ImageSpec(TinyWorld.Side, TinyWorld.Side);
        using var bare = OnnxModel.Load(Path.Combine(_package.Path, "model.onnx"));
        foreach (var picture in _pictures)
        {
            var (pixels, probability) = (new byte[spec.ByteCount], new float[1]);
            new ImageReader().ReadResized(File.ReadAllBytes(picture), spec, pixels);
            bare.Run<byte>(pixels, [1, spec.Height, spec.Width, 3], probability);

            Assert.Equal(probability[0], _classifier.Predict(picture).Probability);
        }
    }

    [Fact]
    public void A_person_is_reported_from_the_threshold_on()
    {
        foreach (var picture in _pictures)
        {
            var answer = _classifier.Predict(picture);
            Assert.Equal(answer.Probability >= (float)_classifier.Package.Manifest.Threshold, answer.IsPerson);
        }
    }

    [Fact]
    public void Many_pictures_are_answered_in_order_and_past_bad_ones()
    {
        string[] names = [_pictures[0], "no/such.png", .. _pictures[1..8]];

        var results = _classifier.PredictMany(names).ToList();

        Assert.Equal(names, results.Select(result => result.Name));
        Assert.Equal(ImageFault.Unreadable, results[1].Error!.Fault);
        Assert.All(results.Where((_, i) => i != 1), result => Assert.Equal(_classifier.Predict(result.Name), result.Prediction));
    }

    [Fact]
    public void Names_are_asked_for_only_as_fast_as_answers_are_taken()
    {
        var asked = 0;
        IEnumerable<string> Endless()
        {
            while (true)
            {
                asked++;
                yield return _pictures[0];
            }
        }

        Assert.Equal(5, _classifier.PredictMany(Endless()).Take(5).Count());
        Assert.InRange(asked, 5, 5 + (8 * Environment.ProcessorCount));
    }

    [Fact]
    public void Cancelling_ends_the_work()
    {
        using var cancellation = new CancellationTokenSource();
        var seen = 0;

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in _classifier.PredictMany(Enumerable.Repeat(_pictures[0], 100_000), cancellation.Token))
            {
                if (++seen == 10)
                {
                    cancellation.Cancel();
                }
            }
        });
        Assert.InRange(seen, 10, 10 + (8 * Environment.ProcessorCount));
    }

    [Fact]
    public void Many_threads_share_one_classifier()
    {
        var alone = _pictures.Select(picture => _classifier.Predict(picture)).ToArray();

        Parallel.For(0, 2000, i => Assert.Equal(alone[i % alone.Length], _classifier.Predict(_pictures[i % alone.Length])));
    }

    [Fact]
    public void Pixels_of_the_wrong_length_are_refused() =>
        Assert.StartsWith(
            "10 bytes are not 4 x 3 pixels of 3 bytes.",
            Assert.Throws<ArgumentException>(() => _classifier.Predict(new byte[10], 4, 3)).Message
        );

    [Fact]
    public void An_encoding_that_is_not_there_lists_those_that_are() =>
        Assert.EndsWith(
            "has no encoding 'int4'; it has float32.",
            Assert.Throws<PackageException>(() => PersonClassifier.Load(_package.Path, "int4")).Message
        );

    [Fact]
    public void A_disposed_classifier_says_so()
    {
        var classifier = PersonClassifier.Load(_package.Path);
        classifier.Dispose();
        classifier.Dispose();

        Assert.Throws<ObjectDisposedException>(() => classifier.Predict(_pictures[0]));
    }

    [Fact]
    public void Predicting_does_not_grow()
    {
        var picture = File.ReadAllBytes(_pictures[0]);
        for (var i = 0; i < 200; i++)
        {
            _classifier.Predict(picture);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
        {
            _classifier.Predict(picture);
        }

        // Far below one picture's pixels times 200: buffers are reused. The rest is ONNX Runtime's handles.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 200, 0, 8_000);
    }

    [Fact]
    public void A_prediction_reads_well() =>
        Assert.Equal(
            ("person (0.973)", "no person (0.120)"),
            (new PersonPrediction(0.973f, true).ToString(), new PersonPrediction(0.12f, false).ToString())
        );

    public void Dispose() => _classifier.Dispose();
}
