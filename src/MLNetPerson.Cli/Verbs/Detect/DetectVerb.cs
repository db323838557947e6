using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Cli.Verbs.Detect;

/// <summary><c>mlnetperson detect PACKAGE PATH…</c>.</summary>
internal static class DetectVerb
{
    private const string StandardInput = "-";
    private const int Quality = 88;

    public static Command Create()
    {
        var package = Package();
        var paths = new Argument<string[]>("path")
        {
            Description = "picture files, folders of them, or - for one picture on stdin",
            Arity = ArgumentArity.OneOrMore,
        };
        var (encoding, json) = (CommonOptions.Encoding(), CommonOptions.Json());
        var draw = new Option<string?>("--draw")
        {
            Description = "also write each picture with its boxes into this folder",
            HelpName = "folder",
        };
        var least = new Option<double?>("--min-probability")
        {
            Description = "leave boxes of less than this out, 0 to 1; the package's threshold where left out",
            HelpName = "probability",
        };
        var verb = new Command(
            "detect",
            "Say of each picture where persons are.\n\nExample: mlnetperson detect person-boxes street.jpg\nExample: mlnetperson detect "
                + "person-boxes holiday/ street.jpg --json\nExample: mlnetperson detect person-boxes street.jpg --draw drawn"
        )
        {
            package,
            paths,
            encoding,
            draw,
            least,
            json,
        };
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(() =>
                {
                    var files = args.GetRequiredValue(paths).SelectMany(PictureFiles.Expand).ToList();
                    if (files.Contains(StandardInput) && files.Count > 1)
                    {
                        throw new DatasetException("'-' reads one picture from stdin and stands alone.");
                    }

                    var options = new PersonDetectorOptions { MinProbability = args.GetValue(least) };
                    if (options.Fault() is { } fault)
                    {
                        throw new DatasetException($"--min-probability: {fault}.");
                    }

                    using var detector = Load(args.GetRequiredValue(package), args.GetValue(encoding), options);
                    var drawn = args.GetValue(draw) is { } folder ? new DrawnBoxes(folder, files) : null;
                    var failed = false;
                    foreach (var (result, index) in Results(detector, files, cancellation).Select((result, index) => (result, index)))
                    {
                        failed |= result.Error is not null;
                        Write(result, drawn?.Write(result, index), args.GetValue(json));
                    }

                    return Task.FromResult(failed ? ExitCodes.BadInput : ExitCodes.Done);
                })
        );
        verb.Subcommands.Add(DetectMakeVerb.Create());
        verb.Subcommands.Add(DetectTuneVerb.Create());
        verb.Subcommands.Add(DetectJoinVerb.Create());
        return verb;
    }

    /// <summary>The argument that names a detector's package.</summary>
    public static Argument<string> Package() =>
        new("package")
        {
            Description =
                $"folder of a detector's package, as 'detect make --out' writes it; '{ReadyModel.BoxesName}' is the ready one, which comes "
                + "with the program",
            CustomParser = result => ReadyModel.PathOf(result.Tokens.Single().Value),
            CompletionSources = { CommonOptions.Words([ReadyModel.BoxesName]) },
        };

    public static PersonDetector Load(string package, string? encoding, PersonDetectorOptions? options = null) =>
        encoding is null ? PersonDetector.Load(package, options) : PersonDetector.Load(package, encoding, options);

    private static IEnumerable<PersonDetectionResult> Results(
        PersonDetector detector,
        List<string> files,
        CancellationToken cancellation
    ) => files is [StandardInput] ? [FromStandardInput(detector)] : detector.DetectMany(files, cancellation);

    private static PersonDetectionResult FromStandardInput(PersonDetector detector)
    {
        try
        {
            using var input = Console.OpenStandardInput();
            return new PersonDetectionResult(StandardInput, detector.Detect(input, "stdin"), null);
        }
        catch (ImageException exception)
        {
            return new PersonDetectionResult(StandardInput, null, exception);
        }
    }

    private static void Write(PersonDetectionResult result, string? drawn, bool json)
    {
        if (json)
        {
            JsonOutput.WriteLine(
                result.Detections is { } found
                    ? new
                    {
                        file = result.Name,
                        width = found.Width,
                        height = found.Height,
                        persons = found.Persons.Select(person => new
                        {
                            probability = person.Probability,
                            left = Math.Round(person.Left, 2),
                            top = Math.Round(person.Top, 2),
                            width = Math.Round(person.Width, 2),
                            height = Math.Round(person.Height, 2),
                        }),
                        drawn,
                    }
                    : new { file = result.Name, error = result.Error!.Reason }
            );
        }
        else if (result.Detections is { } detections)
        {
            Console.Out.WriteLine(
                $"{detections.Persons.Length} {(detections.Persons.Length == 1 ? "person" : "persons")}  {result.Name}"
                    + $"{(drawn is null ? "" : $" → {drawn}")}"
            );
            foreach (var person in detections.Persons)
            {
                Console.Out.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {person.Probability:0.000}  left {person.Left:0} top {person.Top:0} width {person.Width:0} height "
                            + $"{person.Height:0}"
                    )
                );
            }
        }
        else
        {
            Console.Error.WriteLine($"error: {result.Error!.Message}");
        }
    }

    /// <summary>Pictures with their boxes, one file for each: pictures of one name in several folders get numbers.</summary>
    private sealed class DrawnBoxes
    {
        private readonly ImageReader _reader = new();
        private readonly List<string> _names;

        public DrawnBoxes(string folder, List<string> files)
        {
            if (files is [StandardInput])
            {
                throw new DatasetException("--draw needs picture files; a picture on stdin cannot be read twice.");
            }

            OutputPlace.CheckFolder(folder);
            var taken = files.Select(Path.GetFullPath).ToHashSet(StringComparer.OrdinalIgnoreCase);
            _names =
            [
                .. files.Select(file =>
                    Enumerable
                        .Range(1, int.MaxValue)
                        .Select(number =>
                            Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(file)}{(number == 1 ? "" : $"-{number}")}.boxes.jpg")
                        )
                        .First(name => taken.Add(Path.GetFullPath(name)))
                ),
            ];
        }

        public string? Write(PersonDetectionResult result, int index)
        {
            if (result.Detections is not { } detections)
            {
                return null;
            }

            var picture = _reader.Read(_reader.ReadBytes(result.Name), result.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_names[index]))!);
            AtomicFile.WriteBytes(_names[index], ImageWriter.EncodeJpeg(BoxOverlay.Draw(picture, detections), Quality));
            return _names[index];
        }
    }
}
