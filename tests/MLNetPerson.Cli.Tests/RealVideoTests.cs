using System.Globalization;
using System.Text.Json;
using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

/// <summary>
/// <c>watch</c> on a real video, for those who ask for it: MLNETPERSON_VIDEO names vtest.avi (768 x 576, 10 frames a second, 79.5 s,
/// pedestrians), which
/// Debian's package opencv-doc brings; ffmpeg decodes it.
/// </summary>
public sealed class RealVideoTests : IDisposable
{
    private const double FramesPerSecond = 10;

    /// <summary>Dropping frames moves an event by less than the smoothing of half a second.</summary>
    private const double MostMoved = 0.5;

    private readonly string? _video = Environment.GetEnvironmentVariable("MLNETPERSON_VIDEO");
    private readonly TempFolder _folder = new();

    [SkippableFact]
    public void The_whole_picture_is_never_without_a_person()
    {
        var events = Events("", every: 1);

        Assert.Equal(["person", "end"], events.Select(one => one.Event));
        Assert.InRange(events[0].Seconds, 0, 1);
        Assert.Equal(795, events[^1].Answered);
    }

    [SkippableTheory]
    [InlineData("crop=256:256:0:320,", 2), InlineData("crop=256:256:256:320,", 2), InlineData("crop=200:300:0:276,", 2)]
    public void Who_walks_through_a_part_of_it_is_reported_alike_however_many_frames_are_dropped(string crop, int visits)
    {
        var all = Events(crop, every: 1);

        Assert.Equal(visits, all.Count(one => one.Event == "person"));
        foreach (var every in new[] { 2, 3 })
        {
            var some = Events(crop, every);

            Assert.Equal(all.Select(one => one.Event), some.Select(one => one.Event));
            Assert.All(all.Zip(some).SkipLast(1), pair => Assert.InRange(Math.Abs(pair.First.Seconds - pair.Second.Seconds), 0, MostMoved));
        }
    }

    [SkippableFact]
    public void Live_it_drops_what_it_cannot_answer_and_says_the_same()
    {
        // Some 400 frames a second against a model in float.
        var events = Run("-readrate 40", "", "--encoding float32");

        Assert.Equal(["person", "end"], events.Select(one => one.Event));
        Assert.Equal(795, events[^1].Answered + events[^1].Dropped);
        Assert.InRange(events[^1].Dropped, 1, 794);
    }

    public void Dispose() => _folder.Dispose();

    private List<(string Event, double Seconds, int Answered, int Dropped)> Events(string crop, int every) =>
        Run(
            "",
            string.Create(CultureInfo.InvariantCulture, $"{crop}select=not(mod(n\\,{every})),"),
            string.Create(CultureInfo.InvariantCulture, $"--fps {FramesPerSecond / every}")
        );

    private List<(string Event, double Seconds, int Answered, int Dropped)> Run(string reading, string filter, string options)
    {
        Skip.If(
            string.IsNullOrEmpty(_video),
            "MLNETPERSON_VIDEO names no video: vtest.avi of Debian's package opencv-doc, decoded by ffmpeg."
        );
        var outcome = ProcessRunner.Run(
            "sh",
            [
                "-c",
                $"ffmpeg -loglevel error {reading} -i \"$1\" -vf '{filter}scale=640:480' -fps_mode passthrough -f rawvideo -pix_fmt rgb24 "
                    + $"- | dotnet \"$2\" watch \"$3\" --raw 640x480 {options} --json -",
                "sh",
                _video!,
                Path.Combine(AppContext.BaseDirectory, "MLNetPerson.Cli.dll"),
                Repository.At("models/person"),
            ]
        );
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.DoesNotContain("doubt", outcome.Error);
        return
        [
            .. outcome
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Select(line =>
                    (
                        line.GetProperty("event").GetString()!,
                        line.GetProperty("seconds").GetDouble(),
                        line.TryGetProperty("answered", out var answered) ? answered.GetInt32() : 0,
                        line.TryGetProperty("dropped", out var dropped) ? dropped.GetInt32() : 0
                    )
                ),
        ];
    }
}
