using System.Collections.Concurrent;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;
using MLNetPerson.Serving;
using MLNetPerson.Testing;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Tests.Serving;

public sealed class HotSwapTests : IClassFixture<TrainedPackage>, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _first;
    private readonly string _second;
    private readonly string _served;
    private readonly RgbImage[] _images;

    public HotSwapTests(TrainedPackage trained)
    {
        (_first, _second, _served) = (_folder["first"], _folder["second"], _folder["served"]);
        trained.CopyTo(_first);
        trained.World.Retrain(
            trained.World.Options with
            {
                Out = _second,
                Recipe = trained.World.Recipe with
                {
                    Head = new HeadOptions { Folds = 4, L2 = [30] },
                },
            }
        );
        _images =
        [
            .. Directory
                .GetFiles(trained.World.Pictures, "*.png", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(path => new ImageReader().Read(File.ReadAllBytes(path))),
        ];
        Put(_first);
    }

    [Fact]
    public async Task The_package_is_replaced_100_times_while_8_threads_ask_and_every_answer_is_of_one_of_the_two()
    {
        float[][] right = [Answers(_first), Answers(_second)];
        using var served = Serve();
        using var stop = new CancellationTokenSource();
        var (wrong, asked, ofSecond) = (new ConcurrentBag<string>(), 0, 0);
        var askers = Enumerable
            .Range(0, 8)
            .Select(thread =>
                Task.Run(async () =>
                {
                    for (var i = thread; !stop.IsCancellationRequested; i++)
                    {
                        var which = i % _images.Length;
                        var answer = await served.PredictAsync(_images[which].Pixels, _images[which].Width, _images[which].Height);
                        Interlocked.Increment(ref asked);
                        Interlocked.Add(ref ofSecond, answer.Probability == right[1][which] ? 1 : 0);
                        if (answer.Probability != right[0][which] && answer.Probability != right[1][which])
                        {
                            wrong.Add($"picture {which}: {answer.Probability} is neither {right[0][which]} nor {right[1][which]}");
                        }
                    }
                })
            )
            .ToArray();

        for (var i = 1; i <= 100; i++)
        {
            Put(i % 2 == 0 ? _first : _second);
            Assert.Equal(ServedChangeKind.TakenUp, served.Refresh().Kind);
            Assert.Equal(right[i % 2][5], (await served.PredictAsync(_images[5].Pixels, _images[5].Width, _images[5].Height)).Probability);
        }

        await stop.CancelAsync();
        await Task.WhenAll(askers);
        Assert.Empty(wrong.Take(3));
        Assert.InRange(ofSecond, 1, asked - 1);
        Assert.All(Enumerable.Range(0, _images.Length), i => Assert.NotEqual(right[0][i], right[1][i]));
    }

    [Fact]
    public async Task A_folder_replaced_again_and_again_is_never_seen_half()
    {
        // The watch of its own, and no pause: packages change between the opening of a manifest and the reading of its model.
        float[][] right = [Answers(_first), Answers(_second)];
        using var served = new ServedClassifier(
            new ServingOptions
            {
                Package = _served,
                MaxBatch = 1,
                WatchInterval = TimeSpan.FromMilliseconds(1),
            }
        );
        var told = new ConcurrentBag<ServedChange>();
        served.Changed += (_, change) => told.Add(change);

        for (var i = 0; i < 100; i++)
        {
            Put(i % 2 == 0 ? _first : _second);
            var probability = (await served.PredictAsync(_images[0].Pixels, _images[0].Width, _images[0].Height)).Probability;
            Assert.Contains(probability, new[] { right[0][0], right[1][0] });
        }

        Assert.True(
            SpinWait.SpinUntil(() => served.Status.Stamp == ModelPackage.Stamp(_second), TimeSpan.FromSeconds(20)),
            "the last package was not taken up"
        );
        Assert.Equal(right[1][0], (await served.PredictAsync(_images[0].Pixels, _images[0].Width, _images[0].Height)).Probability);
        Assert.Contains(told, change => change.Kind == ServedChangeKind.TakenUp);
    }

    [Fact]
    public async Task A_bad_package_is_refused_once_and_the_old_one_stays_until_it_is_good()
    {
        var right = Answers(_first);
        using var served = Serve();
        var told = new List<ServedChange>();
        served.Changed += (_, change) => told.Add(change);

        // As a plain copy leaves it when it is cut off: the manifest is new, the model is not.
        File.Copy(Path.Combine(_second, "manifest.json"), Path.Combine(_served, "manifest.json"), overwrite: true);
        Assert.Equal(ServedChangeKind.Refused, served.Refresh().Kind);
        Assert.Equal(ServedChangeKind.Refused, served.Refresh().Kind);
        Assert.Equal(right[0], (await served.PredictAsync(_images[0].Pixels, _images[0].Width, _images[0].Height)).Probability);
        Assert.Contains("'model.onnx' has", served.Status.LastChange.Reason);
        Assert.Single(told);

        File.WriteAllText(Path.Combine(_served, "manifest.json"), "{ this is no manifest");
        Assert.Equal(ServedChangeKind.Refused, served.Refresh().Kind);
        Assert.Contains("cannot be read as a manifest", served.Status.LastChange.Reason);

        Directory.Delete(_served, recursive: true);
        Assert.Equal(ServedChangeKind.Missing, served.Refresh().Kind);
        Assert.Equal(right[0], (await served.PredictAsync(_images[0].Pixels, _images[0].Width, _images[0].Height)).Probability);

        Put(_second);
        Assert.Equal(ServedChangeKind.TakenUp, served.Refresh().Kind);
        Assert.Equal(Answers(_second)[0], (await served.PredictAsync(_images[0].Pixels, _images[0].Width, _images[0].Height)).Probability);
        Assert.Equal(
            [ServedChangeKind.Refused, ServedChangeKind.Refused, ServedChangeKind.Missing, ServedChangeKind.TakenUp],
            told.Select(change => change.Kind)
        );
        Assert.Equal(ServedChange.None, served.Refresh());
    }

    public void Dispose() => _folder.Dispose();

    private ServedClassifier Serve() =>
        new(
            new ServingOptions
            {
                Package = _served,
                MaxBatch = 1,
                WatchInterval = TimeSpan.Zero,
            }
        );

    private float[] Answers(string package)
    {
        using var classifier = PersonClassifier.Load(package);
        return [.. _images.Select(image => classifier.Predict(image.Pixels, image.Width, image.Height).Probability)];
    }

    private void Put(string package) => AtomicFolder.Write(_served, folder => TempFolder.Copy(package, folder));
}
