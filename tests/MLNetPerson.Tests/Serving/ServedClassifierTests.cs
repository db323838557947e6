using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Serving;

namespace MLNetPerson.Tests.Serving;

public sealed class ServedClassifierTests : IClassFixture<TrainedPackage>
{
    /// <summary>A batch may sum the products of its last layer in another order than single pictures do.</summary>
    private const float BatchTolerance = 1e-6f;

    private readonly TrainedPackage _package;
    private readonly string[] _pictures;
    private readonly RgbImage[] _images;
    private readonly float[] _alone;

    public ServedClassifierTests(TrainedPackage package)
    {
        _package = package;
        _pictures = [.. Directory.GetFiles(package.World.Pictures, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        _images = [.. _pictures.Select(path => new ImageReader().Read(File.ReadAllBytes(path)))];
        using var classifier = PersonClassifier.Load(package.Path);
        _alone = [.. _pictures.Select(path => classifier.Predict(path).Probability)];
    }

    [Fact]
    public async Task Bytes_path_stream_and_pixels_get_the_answer_of_a_classifier_of_ones_own()
    {
        using var served = Serve();
        using var stream = File.OpenRead(_pictures[3]);

        Assert.Equal(_alone[3], (await served.PredictAsync(File.ReadAllBytes(_pictures[3]))).Probability);
        Assert.Equal(_alone[3], (await served.PredictAsync(_pictures[3])).Probability);
        Assert.Equal(_alone[3], (await served.PredictAsync(stream)).Probability);
        Assert.Equal(_alone[3], (await served.PredictAsync(_images[3].Pixels, _images[3].Width, _images[3].Height)).Probability);
    }

    [Theory, InlineData(1), InlineData(4)]
    public async Task Every_one_of_64_callers_gets_the_answers_to_its_own_100_000_questions(int batch)
    {
        using var served = Serve(options => options.MaxBatch = batch);
        var wrong = new ConcurrentBag<string>();
        var next = -1;

        await Task.WhenAll(
            Enumerable
                .Range(0, 64)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        for (int i; (i = Interlocked.Increment(ref next)) < 100_000;)
                        {
                            var which = i * 7 % _images.Length;
                            var answer = await served.PredictAsync(_images[which].Pixels, _images[which].Width, _images[which].Height);
                            if (Math.Abs(answer.Probability - _alone[which]) > BatchTolerance)
                            {
                                wrong.Add($"question {i}, picture {which}: {answer.Probability} instead of {_alone[which]}");
                            }
                        }
                    })
                )
        );

        Assert.Empty(wrong.Take(3));
        Assert.Equal(0, served.Status.Waiting);
        Assert.True(_alone.Distinct().Count() > _alone.Length / 2, "swapped answers would not show");
    }

    [Fact]
    public async Task A_bad_picture_is_its_own_callers_trouble()
    {
        using var served = Serve(options =>
            (options.MaxBatch, options.Workers, options.MaxBatchDelay) = (8, 1, TimeSpan.FromMilliseconds(50))
        );
        byte[][] asked =
        [
            File.ReadAllBytes(_pictures[0]),
            [1, 2, 3],
            File.ReadAllBytes(_pictures[1])[..200],
            [],
            File.ReadAllBytes(_pictures[2]),
        ];

        var answers = asked.Select(picture => served.PredictAsync(picture)).ToArray();

        Assert.Equal(ImageFault.UnknownFormat, (await Assert.ThrowsAsync<ImageException>(() => answers[1])).Fault);
        Assert.Equal(ImageFault.Damaged, (await Assert.ThrowsAsync<ImageException>(() => answers[2])).Fault);
        Assert.Equal(ImageFault.Empty, (await Assert.ThrowsAsync<ImageException>(() => answers[3])).Fault);
        Assert.Equal(_alone[0], (await answers[0]).Probability, BatchTolerance);
        Assert.Equal(_alone[2], (await answers[4]).Probability, BatchTolerance);
        Assert.StartsWith(
            "10 bytes are not 4 x 3 pixels",
            (await Assert.ThrowsAsync<ArgumentException>(() => served.PredictAsync(new byte[10], 4, 3))).Message
        );
    }

    [Fact]
    public async Task What_cannot_wait_any_more_is_refused_at_once_and_everything_else_is_answered()
    {
        using var served = Serve(options => (options.QueueLimit, options.Workers) = (5, 1));

        var questions = Enumerable
            .Range(0, 500)
            .Select(i =>
                (i % _images.Length, Answer: served.PredictAsync(_images[i % _images.Length].Pixels, _images[0].Width, _images[0].Height))
            )
            .ToList();

        var refused = 0;
        foreach (var (which, answer) in questions)
        {
            try
            {
                Assert.Equal(_alone[which], (await answer).Probability, BatchTolerance);
            }
            catch (PersonBusyException busy)
            {
                refused++;
                Assert.StartsWith("5 questions are waiting for an answer", busy.Message);
            }
        }

        Assert.InRange(refused, 1, questions.Count - 5);
    }

    [Fact]
    public async Task Who_gives_up_is_let_go_at_once_and_nobody_else_notices()
    {
        using var served = Serve(options => options.Workers = 1);
        using var patience = new CancellationTokenSource();
        using var held = new HeldPixels(_images[0].Pixels);
        var first = served.PredictAsync(held.Memory, _images[0].Width, _images[0].Height); // keeps the one worker until it is released
        var all = Enumerable
            .Range(0, 200)
            .Select(i =>
                served.PredictAsync(
                    _images[i % _images.Length].Pixels,
                    _images[0].Width,
                    _images[0].Height,
                    i % 2 == 0 ? patience.Token : default
                )
            )
            .ToList();

        await patience.CancelAsync();

        foreach (var givenUp in all.Where((_, i) => i % 2 == 0))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        }

        Assert.False(first.IsCompleted);
        held.Release();
        Assert.Equal(_alone[0], (await first).Probability, BatchTolerance);
        for (var i = 1; i < all.Count; i += 2)
        {
            Assert.Equal(_alone[i % _images.Length], (await all[i]).Probability, BatchTolerance);
        }

        await Assert.ThrowsAsync<TaskCanceledException>(() =>
            served.PredictAsync(_images[0].Pixels, _images[0].Width, _images[0].Height, patience.Token)
        );
    }

    [Fact]
    public async Task Whoever_waits_when_it_is_disposed_is_answered_and_whoever_comes_later_is_told()
    {
        var served = Serve(options => options.Workers = 1);
        var waiting = Enumerable
            .Range(0, 100)
            .Select(i => served.PredictAsync(_images[i % _images.Length].Pixels, _images[0].Width, _images[0].Height))
            .ToList();

        served.Dispose();

        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => _alone[i % _images.Length]),
            (await Task.WhenAll(waiting)).Select(answer => answer.Probability)
        );
        await Assert.ThrowsAsync<ObjectDisposedException>(() => served.PredictAsync(_pictures[0]));
        Assert.Throws<ObjectDisposedException>(() => served.Status);
        served.Dispose();
    }

    [Fact]
    public async Task Metrics_tell_predictions_durations_and_rejects()
    {
        var measured = new ConcurrentBag<(string Name, double Value, string Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == ServedClassifier.MeterName && instrument.Meter.Tags!.Any(tag => tag.Value is "metrics test"))
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Take<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
            measured.Add(
                (instrument.Name, Convert.ToDouble(value), string.Join(" ", tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")))
            );
        listener.SetMeasurementEventCallback<long>(Take);
        listener.SetMeasurementEventCallback<int>(Take);
        listener.SetMeasurementEventCallback<double>(Take);
        listener.Start();

        using (var served = new ServedClassifier(Options(_package.Path), name: "metrics test"))
        {
            await served.PredictAsync(_pictures[0]);
            await served.PredictAsync(_pictures[1]);
            await Assert.ThrowsAsync<ImageException>(() => served.PredictAsync("no/such.png"));
            await Assert.ThrowsAsync<ImageException>(() => served.PredictAsync(new byte[] { 1, 2, 3 }));
            listener.RecordObservableInstruments();
        }

        Assert.Equal(
            2,
            measured
                .Where(one => one.Name == "mlnetperson.predictions" && one.Tags.StartsWith("encoding=float32 answer="))
                .Sum(one => one.Value)
        );
        Assert.Equal(2, measured.Count(one => one.Name == "mlnetperson.prediction.duration" && one.Value is > 0 and < 60));
        Assert.Equal(3, measured.Count(one => one.Name == "mlnetperson.queue.duration"));
        Assert.Equal(
            ["reason=unknown_format", "reason=unreadable"],
            measured.Where(one => one.Name == "mlnetperson.rejects").Select(one => one.Tags).Order()
        );
        Assert.Contains(measured, one => one.Name == "mlnetperson.queue.length");
        Assert.All(measured.Where(one => one.Name == "mlnetperson.batch.size"), one => Assert.Equal(1, one.Value));
    }

    [Fact]
    public void All_faults_of_the_options_are_told_together()
    {
        var options = new ServingOptions
        {
            Workers = -1,
            MaxBatch = 65,
            MaxBatchDelay = TimeSpan.FromSeconds(2),
            QueueLimit = 0,
            WatchInterval = TimeSpan.FromDays(2),
            MaxPixels = 0,
            Encoding = "",
        };

        var fault = Assert.Throws<ArgumentException>(() => new ServedClassifier(options)).Message;

        Assert.All(
            [
                "Package names no folder",
                "Encoding is empty",
                "Workers is -1",
                "MaxBatch is 65",
                "MaxBatchDelay is 00:00:02",
                "QueueLimit is 0",
                "WatchInterval is 2.00:00:00",
                "MaxPixels is 0",
            ],
            part => Assert.Contains(part, fault)
        );
        Assert.Throws<PackageException>(() => new ServedClassifier(new ServingOptions { Package = "no/such" }));
        Assert.Contains(
            "has no encoding 'int4'",
            Assert
                .Throws<PackageException>(() => new ServedClassifier(new ServingOptions { Package = _package.Path, Encoding = "int4" }))
                .Message
        );
    }

    [Fact]
    public void What_is_fastest_is_measured_once_unless_it_was_said()
    {
        using var measuring = Serve(options => options.MaxBatch = 0);
        using var told = Serve(options => options.MaxBatch = 3);

        Assert.Equal([1, 2, 4, 8], measuring.Status.Batch.Measured.Select(timing => timing.Size));
        Assert.Contains(measuring.Status.Batch.Size, new[] { 1, 2, 4, 8 });
        Assert.Equal((3, 0), (told.Status.Batch.Size, told.Status.Batch.Measured.Length));
    }

    private ServedClassifier Serve(Action<ServingOptions>? configure = null) => new(Options(_package.Path, configure));

    private static ServingOptions Options(string package, Action<ServingOptions>? configure = null)
    {
        var options = new ServingOptions
        {
            Package = package,
            MaxBatch = 1,
            QueueLimit = 10_000,
            WatchInterval = TimeSpan.Zero,
        };
        configure?.Invoke(options);
        return options;
    }
}
