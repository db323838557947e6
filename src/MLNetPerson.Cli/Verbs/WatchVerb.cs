using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Cli.Verbs.Detect;
using MLNetPerson.Images;
using MLNetPerson.Streaming;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson watch PACKAGE --raw 640x480 -</c>.</summary>
internal static class WatchVerb
{
    private const string StandardInput = "-";

    /// <summary>The names of V4L2 and libcamera, then ffmpeg's where they differ.</summary>
    private static readonly Dictionary<string, PixelFormat> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["rgb24"] = PixelFormat.Rgb24,
        ["bgr24"] = PixelFormat.Bgr24,
        ["bgra32"] = PixelFormat.Bgra32,
        ["nv12"] = PixelFormat.Nv12,
        ["i420"] = PixelFormat.I420,
        ["yuyv"] = PixelFormat.Yuyv,
        ["bgra"] = PixelFormat.Bgra32,
        ["yuv420p"] = PixelFormat.I420,
        ["yuyv422"] = PixelFormat.Yuyv,
    };

    public static Command Create()
    {
        var (package, encoding, json) = (CommonOptions.Package(), CommonOptions.Encoding(), CommonOptions.Json());
        var source = new Argument<string>("source")
        {
            Description = "- for stdin, or a file or named pipe of raw frames",
            DefaultValueFactory = _ => StandardInput,
        };
        var raw = new Option<(int Width, int Height)>("--raw")
        {
            Description = "size of the frames in pixels",
            Required = true,
            HelpName = "WxH",
            CustomParser = Size,
        };
        var pixelFormat = new Option<PixelFormat>("--pixel-format")
        {
            Description =
                $"how a frame's bytes are laid out: {string.Join(", ", Formats.Keys)}; YUV is BT.601 with limited range, as "
                + "cameras give it",
            HelpName = "name",
            DefaultValueFactory = _ => PixelFormat.Rgb24,
            CustomParser = Format,
            CompletionSources = { CommonOptions.Words(Formats.Keys) },
        };
        var stride = new Option<int>("--stride")
        {
            Description = "bytes from one row to the next, where rows are padded as libcamera does; the width's where left out",
            HelpName = "bytes",
        };
        var rate = new Option<double?>("--fps")
        {
            Description = "the frames are a recording of so many a second: none is dropped, and times count from its start",
            HelpName = "rate",
        };
        var threads = new Option<int>("--threads")
        {
            Description = "threads that share a frame",
            DefaultValueFactory = _ => new PersonClassifierOptions().ThreadsPerPrediction,
            HelpName = "count",
        };
        var smoothing = new Option<double>("--smoothing")
        {
            Description = "seconds that a change takes to be believed, 0 to 60",
            DefaultValueFactory = _ => new WatchOptions().Smoothing.TotalSeconds,
            HelpName = "seconds",
        };
        var hysteresis = new Option<double>("--hysteresis")
        {
            Description = "distance between the probabilities that begin and end an event, 0 to 1",
            DefaultValueFactory = _ => new WatchOptions().Hysteresis,
            HelpName = "width",
        };
        var boxes = new Option<bool>("--boxes")
        {
            Description = "the package is a detector: say when a person enters a zone and when nobody is left in it",
        };
        var zones = new Option<string[]>("--zone")
        {
            Description =
                "with --boxes: a part of the frame that counts, LEFT,TOP,WIDTH,HEIGHT or corners as \"X,Y X,Y X,Y\", in pixels, NAME= "
                    + "before "
                + "it for a name; a person is in it where the box's lower edge has its middle; may be repeated, the whole frame where "
                + "left out",
            HelpName = "zone",
        };
        var verb = new Command(
            "watch",
            "Watch a stream of raw frames and say when a person comes and when nobody is left.\n\nExample: ffmpeg -loglevel error -i "
                + "/dev/video0 -f rawvideo -pix_fmt rgb24 -s 640x480 - | mlnetperson watch my-model --raw 640x480 -\nExample: head -c "
                + "9216000 /dev/zero | mlnetperson watch person --raw 640x480 --fps 10 -\nExample: head -c 9216000 /dev/zero | mlnetperson "
                + "watch person-boxes --boxes --zone door=0,100,200,380 --raw 640x480 --fps 10 -"
        )
        {
            package,
            source,
            raw,
            pixelFormat,
            stride,
            rate,
            encoding,
            threads,
            smoothing,
            hysteresis,
            boxes,
            zones,
            json,
        };
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    var options = new WatchOptions
                    {
                        Smoothing = Seconds(args.GetValue(smoothing)),
                        Hysteresis = args.GetValue(hysteresis),
                        DropFrames = args.GetValue(rate) is null,
                    };
                    var name = args.GetRequiredValue(source);
                    var video = new RawVideoOptions
                    {
                        Width = args.GetRequiredValue(raw).Width,
                        Height = args.GetRequiredValue(raw).Height,
                        PixelFormat = args.GetValue(pixelFormat),
                        Stride = args.GetValue(stride),
                        FramesPerSecond = args.GetValue(rate),
                        Name = name == StandardInput ? "stdin" : name,
                    };
                    if (
                        (
                            options.Fault()
                            ?? video.Fault()
                            ?? (args.GetValue(threads) is < 0 ? $"{args.GetValue(threads)} threads: 0 is one a core" : null)
                        ) is
                        { } fault
                    )
                    {
                        throw new StreamException($"Options of watch have a fault: {fault}.");
                    }

                    var zonesAsked = args.GetValue(zones) ?? [];
                    if (args.GetValue(boxes))
                    {
                        return await WatchBoxesAsync(
                            args.GetRequiredValue(package),
                            args.GetValue(encoding),
                            args.GetValue(threads),
                            name,
                            zonesAsked,
                            video,
                            options,
                            args.GetValue(json),
                            cancellation
                        );
                    }

                    if (zonesAsked.Length > 0)
                    {
                        throw new StreamException("Options of watch have a fault: --zone needs --boxes and a detector's package.");
                    }

                    using var classifier = PackageChoice.Load(
                        args.GetRequiredValue(package),
                        args.GetValue(encoding),
                        new PersonClassifierOptions { ThreadsPerPrediction = args.GetValue(threads) }
                    );
                    await using var stream =
                        name == StandardInput
                            ? Console.OpenStandardInput()
                            : new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
                    await Console.Error.WriteLineAsync(
                        $"{classifier.Package.Manifest.Name}, {classifier.Encoding.Name}: {classifier.Choice.Reason}"
                    );
                    await WatchAsync(
                        new PersonWatcher(classifier, options),
                        new RawVideo(stream, video),
                        new EventLine(video.FramesPerSecond is null ? TimeProvider.System.GetLocalNow() : null, args.GetValue(json)),
                        cancellation
                    );
                    return ExitCodes.Done;
                })
        );
        return verb;
    }

    private static async Task<int> WatchBoxesAsync(
        string package,
        string? encoding,
        int threads,
        string name,
        string[] zones,
        RawVideoOptions video,
        WatchOptions options,
        bool json,
        CancellationToken cancellation
    )
    {
        List<PersonZone> parsed;
        try
        {
            parsed = [.. zones.Select((zone, i) => PersonZone.Parse(zone, string.Create(CultureInfo.InvariantCulture, $"zone {i + 1}")))];
        }
        catch (FormatException exception)
        {
            throw new StreamException($"Options of watch have a fault: {exception.Message}.");
        }

        if (parsed.GroupBy(zone => zone.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new StreamException($"Options of watch have a fault: two zones are called '{twice.Key}'.");
        }

        // Boxes below the threshold too: a person who is nearly sure keeps being there.
        using var detector = DetectVerb.Load(
            package,
            encoding,
            new PersonDetectorOptions { ThreadsPerPicture = threads, MinProbability = 0 }
        );
        await using var stream =
            name == StandardInput
                ? Console.OpenStandardInput()
                : new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        await Console.Error.WriteLineAsync($"{detector.Package.Manifest.Name}, {detector.Encoding.Name}: {detector.Choice.Reason}");
        var watcher = new ZoneWatcher(
            detector,
            detector.Package.Manifest.Threshold,
            parsed.Count > 0 ? parsed : [PersonZone.Whole("frame", video.Width, video.Height)],
            options
        );
        var (source, line) = (
            new RawVideo(stream, video),
            new EventLine(video.FramesPerSecond is null ? TimeProvider.System.GetLocalNow() : null, json)
        );
        using var output = new PipedOutput();
        var display = new WatchDisplay();
        var doubt = new DoubtOnce(source, display);
        try
        {
            await foreach (var change in watcher.WatchAsync(source.ReadAsync(cancellation), doubt, cancellation))
            {
                display.Clear();
                if (!output.TryWrite(line.Of(change)))
                {
                    await Console.Error.WriteLineAsync("Nobody reads the events any more.");
                    return ExitCodes.Done;
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl+C is how a live stream ends.
        }
        finally
        {
            display.Clear();
        }

        output.TryWrite(line.OfEnd(watcher.Status));
        return ExitCodes.Done;
    }

    /// <summary>Until the stream ends, the user has seen enough, or nobody reads the events any more.</summary>
    private static async Task WatchAsync(PersonWatcher watcher, RawVideo video, EventLine line, CancellationToken cancellation)
    {
        using var output = new PipedOutput();
        var display = new WatchDisplay();
        var doubt = new DoubtOnce(video, display);
        try
        {
            await foreach (var change in watcher.WatchAsync(video.ReadAsync(cancellation), doubt, cancellation))
            {
                display.Clear();
                if (!output.TryWrite(line.Of(change)))
                {
                    await Console.Error.WriteLineAsync("Nobody reads the events any more.");
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl+C is how a live stream ends.
        }
        finally
        {
            display.Clear();
        }

        output.TryWrite(line.OfEnd(watcher.Status));
    }

    private static TimeSpan Seconds(double value) =>
        double.IsFinite(value) && Math.Abs(value) < TimeSpan.MaxValue.TotalSeconds / 2
            ? TimeSpan.FromSeconds(value)
            : throw new StreamException(
                $"Options of watch have a fault: a smoothing of {value.ToString(CultureInfo.InvariantCulture)} s is outside 0 to 60."
            );

    private static PixelFormat Format(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Formats.TryGetValue(text, out var format))
        {
            return format;
        }

        result.AddError($"'{text}' is not a pixel format that is read: {string.Join(", ", Formats.Keys)} are.");
        return default;
    }

    private static (int Width, int Height) Size(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (
            text.Split('x') is [var width, var height]
            && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var w)
            && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var h)
        )
        {
            return (w, h);
        }

        result.AddError($"'{text}' is not a size of frames: write width and height in pixels, such as --raw 640x480.");
        return default;
    }

    /// <summary>Tells of a doubt about the frames' layout as soon as there is one.</summary>
    private sealed class DoubtOnce(RawVideo video, WatchDisplay display) : IProgress<WatchStatus>
    {
        private bool _told;

        public void Report(WatchStatus value)
        {
            if (!_told && video.Doubt is { } doubt)
            {
                _told = true;
                Console.Error.WriteLine($"doubt: {doubt}");
            }

            display.Report(value);
        }
    }
}
