using MLNetPerson.Prediction;
using MLNetPerson.Streaming;

namespace MLNetPerson.Tests.Streaming;

/// <summary>Alone in its process while it runs: the memory of other tests would count, too.</summary>
[CollectionDefinition(nameof(WatcherMemoryTests), DisableParallelization = true), Collection(nameof(WatcherMemoryTests))]
public sealed class WatcherMemoryTests(TrainedPackage package) : IClassFixture<TrainedPackage>
{
    [Fact]
    public async Task Thousands_of_frames_leave_nothing_behind()
    {
        using var classifier = PersonClassifier.Load(package.Path);
        async Task<long> After(int count)
        {
            using var stream = new RepeatingStream(count * 160L * 120 * 3);
            var video = new RawVideo(
                stream,
                new RawVideoOptions
                {
                    Width = 160,
                    Height = 120,
                    FramesPerSecond = 30,
                }
            );
            await new PersonWatcher(classifier, new WatchOptions { DropFrames = false }).WatchAsync(video.ReadAsync()).ToListAsync();
            return GC.GetTotalMemory(forceFullCollection: true);
        }

        await After(200);
        var before = await After(200);

        Assert.InRange(await After(5000) - before, long.MinValue, 2_000_000);
    }

    private sealed class RepeatingStream(long length) : MemoryStream
    {
        private long _left = length;

        public override int Read(Span<byte> buffer)
        {
            var given = (int)Math.Min(buffer.Length, _left);
            _left -= given;
            return given;
        }
    }
}
