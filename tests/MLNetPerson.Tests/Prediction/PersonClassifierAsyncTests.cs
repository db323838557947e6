using System.Diagnostics;
using System.Threading.Channels;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Prediction;

/// <summary>What a program with async, tracing and no model of its own uses.</summary>
public sealed class PersonClassifierAsyncTests(TrainedPackage package) : IClassFixture<TrainedPackage>
{
    private readonly string[] _pictures = [.. Directory.GetFiles(package.World.Pictures, "*.png", SearchOption.AllDirectories).Order()];

    [Fact]
    public async Task Many_pictures_that_arrive_one_by_one_get_the_same_answers_in_the_same_order()
    {
        using var classifier = await PersonClassifier.LoadAsync(package.Path);
        string[] paths = [.. _pictures, "nowhere.png", .. _pictures];

        var expected = classifier.PredictMany(paths).ToList();
        List<PersonResult> given = [];
        await foreach (var result in classifier.PredictManyAsync(Arriving(paths)))
        {
            given.Add(result);
        }

        Assert.Equal(
            expected.Select(result => (result.Name, result.Prediction, result.Error?.Message)),
            given.Select(result => (result.Name, result.Prediction, result.Error?.Message))
        );
    }

    [Fact]
    public async Task An_answer_does_not_wait_for_the_next_picture()
    {
        using var classifier = PersonClassifier.Load(package.Path);
        var channel = Channel.CreateUnbounded<(string, byte[])>();
        await using var answers = classifier.PredictManyAsync(channel.Reader.ReadAllAsync()).GetAsyncEnumerator();

        for (var picture = 0; picture < 3; picture++)
        {
            await channel.Writer.WriteAsync(($"{picture}", await File.ReadAllBytesAsync(_pictures[picture])));
            Assert.True(await answers.MoveNextAsync()); // would hang: no other picture comes
            Assert.Equal($"{picture}", answers.Current.Name);
        }

        channel.Writer.Complete();
        Assert.False(await answers.MoveNextAsync());
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_the_next_picture()
    {
        using var classifier = PersonClassifier.Load(package.Path);
        using var cancellation = new CancellationTokenSource();
        var channel = Channel.CreateUnbounded<string>();
        await using var answers = classifier
            .PredictManyAsync(channel.Reader.ReadAllAsync(cancellation.Token), cancellation.Token)
            .GetAsyncEnumerator();
        var next = answers.MoveNextAsync().AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task Loading_can_be_cancelled_and_says_what_is_wrong_with_a_folder()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            PersonClassifier.LoadAsync(package.Path, cancellation: cancelled.Token)
        );
        await Assert.ThrowsAsync<PackageException>(() => PersonClassifier.LoadAsync("nowhere"));
    }

    [Fact]
    public void Loading_predicting_and_explaining_are_activities()
    {
        var encodings = new List<(string, object?)>();
        using var test = new Activity("test").Start(); // other tests' activities have other roots
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PersonClassifier.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (encodings)
                {
                    if (activity.RootId == test.RootId)
                    {
                        encodings.Add((activity.OperationName, activity.GetTagItem("person.encoding")));
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        using var classifier = PersonClassifier.Load(package.Path, PackageEncoding.Float32);
        classifier.Predict(_pictures[0]);
        classifier.Explain(_pictures[0]);

        Assert.Equal([("person.load", "float32"), ("person.predict", "float32"), ("person.explain", null)], encodings);
    }

    [Fact]
    public void Without_the_package_of_the_ready_model_the_default_says_how_to_get_it()
    {
        using var folder = new TempFolder();

        var error = Assert.Throws<PackageException>(() => ReadyPackage.Find(folder.Path));

        Assert.Contains("dotnet add package MLNetPerson.Model", error.Message);
    }

    /// <remarks>The ready model lies beside this test, as the command line tool brings it.</remarks>
    [Fact]
    public void The_default_is_the_ready_model_and_is_loaded_once()
    {
        var golden = Repository.At("models/person/golden/high.png");
        using var ready = PersonClassifier.Load(Repository.At("models/person"));

        Assert.Equal(ready.Predict(golden), PersonClassifier.Default.Predict(golden));
        Assert.Same(PersonClassifier.Default, PersonClassifier.Default);
    }

    private static async IAsyncEnumerable<string> Arriving(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            await Task.Yield();
            yield return path;
        }
    }
}
