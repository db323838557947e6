using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MLNetPerson.Images;
using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

public sealed class WatchTests : IClassFixture<CliFixture>
{
    private const int FrameBytes = 48 * 40 * 3;

    private readonly CliFixture _fixture;
    private readonly byte[] _person;
    private readonly byte[] _nobody;

    public WatchTests(CliFixture fixture)
    {
        _fixture = fixture;
        using var classifier = PersonClassifier.Load(fixture.World.PackagePath);
        var images = Directory
            .GetFiles(fixture.World.Pictures, "*.png", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => new ImageReader().Read(File.ReadAllBytes(path)))
            .OrderBy(image => classifier.Predict(image.Pixels, image.Width, image.Height).Probability)
            .ToList();
        (_person, _nobody) = (images[^1].Pixels, images[0].Pixels);
    }

    [Fact]
    public void A_person_who_comes_and_goes_is_two_events_and_the_end_a_third()
    {
        var outcome = Watch(Recording((20, _nobody), (30, _person), (20, _nobody)), "--fps", "10", "-");
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^person since 00:00:02\.\d, [01]\.\d\d$", lines[0]);
        Assert.Matches(@"^no person since 00:00:05\.\d, [01]\.\d\d \(was there for [23]\.\d s\)$", lines[1]);
        Assert.Equal("end at 00:00:06.9, nobody is there; 70 frames answered, 0 dropped", lines[2]);
    }

    [Fact]
    public void Programs_read_the_same_as_lines_of_json_also_from_a_file()
    {
        _fixture.World.Write("recording.rgb", Recording((20, _nobody), (30, _person)));

        var outcome = Watch([], "--fps", "10", "--json", _fixture.World["recording.rgb"]);
        var lines = outcome
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();

        Assert.Equal(["person", "end"], lines.Select(line => line.GetProperty("event").GetString()));
        Assert.InRange(lines[0].GetProperty("seconds").GetDouble(), 2, 3);
        Assert.Equal(lines[0].GetProperty("seconds").GetDouble() * 10, lines[0].GetProperty("frame").GetInt64());
        Assert.False(lines[0].TryGetProperty("at", out _));
        Assert.Equal(
            (50, 0, true),
            (
                lines[1].GetProperty("answered").GetInt32(),
                lines[1].GetProperty("dropped").GetInt32(),
                lines[1].GetProperty("isPerson").GetBoolean()
            )
        );
    }

    [Fact]
    public void A_live_stream_has_the_time_on_the_wall()
    {
        var line = JsonDocument.Parse(Watch(Recording((3, _nobody)), "--json").Output).RootElement;

        Assert.Equal("end", line.GetProperty("event").GetString());
        Assert.InRange(
            DateTimeOffset.Parse(line.GetProperty("at").GetString()!, CultureInfo.InvariantCulture),
            TimeProvider.System.GetUtcNow().AddMinutes(-5),
            TimeProvider.System.GetUtcNow().AddMinutes(5)
        );
    }

    [Fact]
    public void A_short_frame_at_the_end_is_an_error_after_the_events()
    {
        var outcome = Watch([.. Recording((30, _person)), 1, 2, 3], "--fps", "10");

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("person since 00:00:00.", outcome.Output);
        Assert.Contains(
            "error: 'stdin' ended within frame 31, after 3 of its 5,760 bytes (48 x 40 pixels of rgb24 in rows of 144).",
            outcome.Error
        );
    }

    [Theory]
    [InlineData("--raw", "640", "'640' is not a size of frames: write width and height in pixels, such as --raw 640x480.")]
    [InlineData("--raw", "0x480", "frames of 0 x 480 pixels: a side is 1 to 16384")]
    [InlineData("--fps", "0", "0 frames per second: the range is above 0 to 10000")]
    [InlineData("--smoothing", "-1", "a smoothing of -1 s is outside 0 to 60")]
    [InlineData("--hysteresis", "1", "a hysteresis of 1 is outside 0 to below 1")]
    [InlineData("--threads", "-2", "-2 threads: 0 is one a core")]
    public void Options_that_cannot_be_are_refused(string option, string value, string expected)
    {
        string[] size = option == "--raw" ? [] : ["--raw", "48x40"];

        var outcome = _fixture.Cli.Run(["watch", _fixture.World.PackagePath, .. size, option, value], []);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(expected, outcome.Error);
    }

    [Fact]
    public void No_stream_and_no_package_are_errors()
    {
        Assert.Contains("error: 'stdin' ended without a frame.", Watch([]).Error);
        Assert.Equal(1, Watch([], "no/such.rgb").ExitCode);
        Assert.Equal(1, _fixture.Cli.Run("watch", "no/such", "--raw", "48x40").ExitCode);
        Assert.Contains(
            "begins like a PNG picture",
            Watch(File.ReadAllBytes(Directory.GetFiles(_fixture.World.Pictures, "*.png", SearchOption.AllDirectories)[0])).Error
        );
    }

    [SkippableFact]
    public void It_ends_when_nobody_reads_its_events_any_more()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs a POSIX shell");
        _fixture.World.Write("toggling.rgb", Recording([.. Enumerable.Range(0, 400).Select(i => (20, i % 2 == 0 ? _person : _nobody))]));

        var outcome = ProcessRunner.Run(
            "sh",
            [
                "-c",
                "dotnet \"$1\" watch \"$2\" --raw 48x40 --fps 10 \"$3\" | head -n 1; exit 0",
                "sh",
                Path.Combine(AppContext.BaseDirectory, "MLNetPerson.Cli.dll"),
                _fixture.World.PackagePath,
                _fixture.World["toggling.rgb"],
            ]
        );

        Assert.StartsWith("person since 00:00:0", outcome.Output);
        Assert.Contains("Nobody reads the events any more.", outcome.Error);
    }

    [SkippableTheory, InlineData("INT", 2), InlineData("TERM", 15)]
    public void Ctrl_C_and_a_service_manager_end_a_live_stream_in_good_order(string signal, int number)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs a POSIX kill");
        Skip.If(
            IsIgnored(number),
            $"SIG{signal} is ignored here, as in what a shell starts in the background, and a new process inherits that."
        );
        using var process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "MLNetPerson.Cli.dll"),
                    "watch",
                    _fixture.World.PackagePath,
                    "--raw",
                    "48x40",
                    "--json",
                    "--smoothing",
                    "0",
                    "--hysteresis",
                    "0",
                ]
            )
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        process.StandardInput.BaseStream.Write(_person);
        process.StandardInput.BaseStream.Flush();
        Assert.Contains("\"event\":\"person\"", process.StandardOutput.ReadLine()); // it is at work, and stdin stays open

        ProcessRunner.Run("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);

        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), "it did not end");
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("\"answered\":1,\"dropped\":0,\"isPerson\":true", process.StandardOutput.ReadToEnd());
    }

    /// <summary>From Linux's list of ignored signals: one bit each, the first for number 1.</summary>
    private static bool IsIgnored(int signal) =>
        (
            ulong.Parse(
                File.ReadLines("/proc/self/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))[7..].Trim(),
                NumberStyles.HexNumber,
                CultureInfo.InvariantCulture
            ) >> (signal - 1)
            & 1
        ) == 1;

    private ProcessRunner.Outcome Watch(byte[] input, params string[] arguments) =>
        _fixture.Cli.Run(["watch", _fixture.World.PackagePath, "--raw", "48x40", .. arguments], input);

    private static byte[] Recording(params (int Frames, byte[] Picture)[] parts)
    {
        Assert.All(parts, part => Assert.Equal(FrameBytes, part.Picture.Length));
        return [.. parts.SelectMany(part => Enumerable.Repeat(part.Picture, part.Frames)).SelectMany(picture => picture)];
    }
}
