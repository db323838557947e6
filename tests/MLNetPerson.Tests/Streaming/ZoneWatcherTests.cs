using MLNetPerson.Streaming;

namespace MLNetPerson.Tests.Streaming;

/// <summary>Zones and who enters them, with a detector that knows where persons are beforehand.</summary>
public sealed class ZoneWatcherTests
{
    private static readonly PersonZone Door = PersonZone.Rectangle("door", 0, 0, 50, 100);
    private static readonly PersonZone Window = PersonZone.Polygon("window", [(50, 0), (100, 0), (100, 100)]);

    [Theory]
    [InlineData(25, 50, true, false)]
    [InlineData(49.9, 99.9, true, false)]
    [InlineData(90, 50, false, true)]
    [InlineData(60, 90, false, false)] // below the diagonal
    [InlineData(150, 50, false, false)]
    public void A_point_is_in_a_zone_or_not(double x, double y, bool inDoor, bool inWindow) =>
        Assert.Equal((inDoor, inWindow), (Door.Contains(x, y), Window.Contains(x, y)));

    [Fact]
    public void A_polygon_need_not_be_convex()
    {
        var horseshoe = PersonZone.Polygon("u", [(0, 0), (30, 0), (30, 30), (20, 30), (20, 10), (10, 10), (10, 30), (0, 30)]);

        Assert.True(horseshoe.Contains(5, 20) && horseshoe.Contains(25, 20) && horseshoe.Contains(15, 5));
        Assert.False(horseshoe.Contains(15, 20));
    }

    [Fact]
    public void A_person_is_where_the_feet_are()
    {
        // The box reaches from above the door's upper edge into it; its lower edge's middle is at (25, 50).
        Assert.True(Door.Contains(new DetectedPerson(0.9f, 15, -80, 20, 130)));
        Assert.False(Door.Contains(new DetectedPerson(0.9f, 15, 20, 20, 130)));
    }

    [Fact]
    public void Zones_are_read_as_rectangles_and_polygons_with_and_without_names()
    {
        var (one, two) = (PersonZone.Parse("door=1,2,3,4", "zone 1"), PersonZone.Parse("0,0 10,0 0,10", "zone 2"));

        Assert.Equal(("door", 4), (one.Name, one.Corners.Length));
        Assert.Equal((4, 6), one.Corners[2]);
        Assert.Equal(("zone 2", 3), (two.Name, two.Corners.Length));
    }

    [Theory]
    [InlineData(
        "1,2,3",
        "'1,2,3' is not a zone: write LEFT,TOP,WIDTH,HEIGHT or three corners and more as X,Y X,Y X,Y, in pixels of the frame, and NAME= "
            + "before it for a name"
    )]
    [InlineData(
        "1,2 3,4",
        "'1,2 3,4' is not a zone: write LEFT,TOP,WIDTH,HEIGHT or three corners and more as X,Y X,Y X,Y, in pixels of the frame, and "
            + "NAME= before it for a name"
    )]
    [InlineData(
        "1,2,NaN,4",
        "'1,2,NaN,4' is not a zone: write LEFT,TOP,WIDTH,HEIGHT or three corners and more as X,Y X,Y X,Y, in pixels of the frame, and "
            + "NAME= before it for a name"
    )]
    [InlineData("1,2,0,4", "'1,2,0,4' is not a zone: it has no area")]
    [InlineData("0,0 1,1 2,2", "'0,0 1,1 2,2' is not a zone: it has no area")]
    public void What_is_no_zone_is_told(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => PersonZone.Parse(text, "zone 1")).Message);

    [Fact]
    public async Task A_person_who_walks_from_one_zone_to_another_leaves_the_first()
    {
        // Ten frames at the door, ten in between, ten at the window, ten nowhere.
        var detector = new Walker([
            .. Enumerable
                .Range(0, 40)
                .Select(i =>
                    i < 10 ? 25.0
                    : i < 20 ? 49.9999 + 12
                    : i < 30 ? 90
                    : -1
                ),
        ]);
        var watcher = new ZoneWatcher(
            detector,
            0.5,
            [Door, Window],
            new WatchOptions { Smoothing = TimeSpan.FromSeconds(0.1), DropFrames = false }
        );

        var events = new List<ZoneEvent>();
        await foreach (var change in watcher.WatchAsync(Frames(40)))
        {
            events.Add(change);
        }

        Assert.Equal(
            [("door", true), ("door", false), ("window", true), ("window", false)],
            events.Select(change => (change.Zone, change.Change.IsPerson))
        );
        Assert.Equal([1, 0, 1, 0], events.Select(change => change.Persons));
        Assert.InRange(events[1].Change.Time.TotalSeconds, 1.0, 1.5);
        Assert.Equal((40, false), (watcher.Status.Answered, watcher.Status.IsPerson));
    }

    [Fact]
    public void Without_a_zone_or_with_two_of_one_name_there_is_nothing_to_watch()
    {
        Assert.StartsWith(
            "There is no zone to watch",
            Assert.Throws<ArgumentException>(() => new ZoneWatcher(new Walker([]), 0.5, [])).Message
        );
        Assert.StartsWith(
            "Two zones are called 'door'",
            Assert.Throws<ArgumentException>(() => new ZoneWatcher(new Walker([]), 0.5, [Door, Door])).Message
        );
    }

    private static async IAsyncEnumerable<VideoFrame> Frames(int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return new VideoFrame(i, TimeSpan.FromSeconds(i / 10.0), 1, 1, [1, 2, 3]);
            await Task.Yield();
        }
    }

    /// <summary>A person whose feet are at a known column, or nobody where it is negative; lower down in between the zones.</summary>
    private sealed class Walker(double[] columns) : IPersonDetector
    {
        private int _frame;

        public Task<PersonDetections> DetectAsync(ReadOnlyMemory<byte> picture, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public Task<PersonDetections> DetectAsync(string path, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public Task<PersonDetections> DetectAsync(Stream stream, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public Task<PersonDetections> DetectAsync(ReadOnlyMemory<byte> rgb, int width, int height, CancellationToken cancellation = default)
        {
            var x = columns[_frame++];
            var foot = x is > 50 and < 80 ? 90.0 : 40;
            return Task.FromResult(new PersonDetections(100, 100, x < 0 ? [] : [new DetectedPerson(0.9f, x - 5, foot - 30, 10, 30)]));
        }
    }
}
