using System.Runtime.CompilerServices;
using MLNetPerson.Images;
using MLNetPerson.Prediction;
using MLNetPerson.Streaming;

namespace MLNetPerson.Tests.Streaming;

public sealed class PersonWatcherTests : IClassFixture<TrainedPackage>
{
    private readonly TrainedPackage _package;

    public PersonWatcherTests(TrainedPackage package) => _package = package;

    [Fact]
    public async Task Every_frame_gets_the_answer_of_its_picture()
    {
        using var classifier = PersonClassifier.Load(_package.Path);
        var images = Directory
            .GetFiles(_package.World.Pictures, "*.png", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => new ImageReader().Read(File.ReadAllBytes(path)))
            .ToList();

        var answers = await classifier
            .PredictFramesAsync(
                images
                    .Select((image, i) => new VideoFrame(i, TimeSpan.FromSeconds(i), image.Width, image.Height, image.Pixels))
                    .ToAsyncEnumerable()
            )
            .ToListAsync();

        Assert.Equal(
            images.Select(image => classifier.Predict(image.Pixels, image.Width, image.Height)),
            answers.Select(answer => answer.Prediction)
        );
        Assert.Equal(Enumerable.Range(0, images.Count).Select(i => (long)i), answers.Select(answer => answer.Index));
    }

    [Fact]
    public async Task A_slow_model_drops_frames_keeps_the_newest_and_never_holds_more_than_a_few()
    {
        var frames = new CountedFrames(300, between: TimeSpan.FromMilliseconds(2));
        var watcher = new PersonWatcher(new SlowClassifier(TimeSpan.FromMilliseconds(40)), 0.5);

        var events = await watcher.WatchAsync(frames.ReadAsync()).ToListAsync();

        Assert.Equal(300, watcher.Status.Answered + watcher.Status.Dropped);
        Assert.InRange(watcher.Status.Dropped, 100, 299);
        Assert.Equal(299 * 0.002, watcher.Status.Time.TotalSeconds, 1e-9); // the last frame is never dropped
        Assert.InRange(frames.MostHeld, 1, 3);
        Assert.Equal(0, frames.Held);
        Assert.Empty(events);
    }

    [Fact]
    public async Task A_recording_waits_for_a_slow_model()
    {
        var frames = new CountedFrames(40, between: TimeSpan.Zero);
        var watcher = new PersonWatcher(new SlowClassifier(TimeSpan.FromMilliseconds(3)), 0.5, new WatchOptions { DropFrames = false });

        await watcher.WatchAsync(frames.ReadAsync()).ToListAsync();

        Assert.Equal((40, 0), (watcher.Status.Answered, watcher.Status.Dropped));
        Assert.Equal(1, frames.MostHeld);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_is_wrong_with_a_stream_is_told_after_the_events_before_it(bool drop)
    {
        using var classifier = PersonClassifier.Load(_package.Path);
        using var stream = new MemoryStream(new byte[(48 * 40 * 3 * 20) + 5]);
        var video = new RawVideo(
            stream,
            new RawVideoOptions
            {
                Width = 48,
                Height = 40,
                FramesPerSecond = 5,
            }
        );
        var watcher = new PersonWatcher(classifier, new WatchOptions { DropFrames = drop });

        var fault = await Assert.ThrowsAsync<StreamException>(async () => await watcher.WatchAsync(video.ReadAsync()).ToListAsync());

        Assert.StartsWith("'stdin' ended within frame 21, after 5 of its 5,760 bytes", fault.Message);
        Assert.Equal(20, watcher.Status.Answered + watcher.Status.Dropped);
    }

    [Fact]
    public async Task Watching_ends_when_it_is_told_to_although_the_stream_stands_still()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var watcher = new PersonWatcher(new SlowClassifier(TimeSpan.Zero), 0.5);
        var video = new RawVideo(new StandingStream(), new RawVideoOptions { Width = 48, Height = 40 });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await watcher.WatchAsync(video.ReadAsync(patience.Token), cancellation: patience.Token).ToListAsync()
        );
    }

    [Fact]
    public async Task A_package_that_is_removed_goes_on_answering()
    {
        using var folder = new Testing.TempFolder();
        _package.CopyTo(folder["package"]);
        using var classifier = PersonClassifier.Load(folder["package"]);
        Directory.Delete(folder["package"], recursive: true);
        var watcher = new PersonWatcher(classifier, new WatchOptions { DropFrames = false });

        await watcher.WatchAsync(new CountedFrames(10, TimeSpan.Zero).ReadAsync()).ToListAsync();

        Assert.Equal(10, watcher.Status.Answered);
    }

    /// <summary>Counts how many of its frames are alive.</summary>
    private sealed class CountedFrames(int count, TimeSpan between)
    {
        private readonly List<VideoFrame> _given = [];

        public int MostHeld { get; private set; }

        public int Held => _given.Count(IsHeld);

        public async IAsyncEnumerable<VideoFrame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            for (var i = 0; i < count; i++)
            {
                if (between > TimeSpan.Zero)
                {
                    await Task.Delay(between, cancellation);
                }

                _given.Add(new VideoFrame(i, i * between, 48, 40, new byte[48 * 40 * 3]));
                MostHeld = Math.Max(MostHeld, Held);
                yield return _given[^1];
            }
        }

        private static bool IsHeld(VideoFrame frame)
        {
            try
            {
                return frame.Rgb.Length > 0;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }
    }

    private sealed class SlowClassifier(TimeSpan time) : IPersonClassifier
    {
        public Task<PersonPrediction> PredictAsync(ReadOnlyMemory<byte> picture, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public Task<PersonPrediction> PredictAsync(string path, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public Task<PersonPrediction> PredictAsync(Stream stream, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public async Task<PersonPrediction> PredictAsync(
            ReadOnlyMemory<byte> rgb,
            int width,
            int height,
            CancellationToken cancellation = default
        )
        {
            await Task.Delay(time, cancellation);
            return new PersonPrediction(0.1f, false);
        }
    }

    /// <summary>A camera that sends nothing.</summary>
    private sealed class StandingStream : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            Thread.Sleep(TimeSpan.FromSeconds(20));
            return 0;
        }
    }
}
