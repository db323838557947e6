using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Import;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs.Curate;

/// <summary><c>mlnetperson curate import SOURCE… --out FOLDER</c>.</summary>
internal static class CurateImportVerb
{
    public static Command Create()
    {
        var rule = new LabelRule();
        var sources = new Argument<string[]>("source")
        {
            Description =
                $"[NAME=][FORMAT:]PATH[@PICTURES]: annotations or a folder, perhaps with the folder of pictures; FORMAT is one of "
                + $"{ImportSource.FormatNames}, found out where left out; archives (.zip, .tar, .tar.gz) are unpacked",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--out")
        {
            Description =
                $"the dataset's folder; {ImportOptions.CsvName} is written there, and pictures from elsewhere are copied below it",
            Required = true,
            HelpName = "folder",
        };
        var minArea = new Option<double>("--min-person-area")
        {
            Description = "person from this share of what the model sees",
            DefaultValueFactory = _ => rule.MinPersonArea,
            HelpName = "share",
        };
        var ignoreBelow = new Option<double>("--ignore-below")
        {
            Description = "largest persons from this share to --min-person-area leave a picture out; below it, it is none",
            DefaultValueFactory = _ => rule.IgnoreBelow,
            HelpName = "share",
        };
        var minPixels = new Option<string>("--min-person-pixels")
        {
            Description = "leave out pictures whose largest person has fewer pixels: a number, small (32 x 32) or medium (96 x 96)",
            DefaultValueFactory = _ => "0",
            HelpName = "pixels",
        };
        var (recipe, size) = (CommonOptions.Recipe(), CommonOptions.Size());
        var resize = new Option<ResizeKind?>("--resize")
        {
            Description = "how the model fits pictures in, instead of the recipe's: squash, pad or centerCrop",
            HelpName = "kind",
        };
        var person = new Option<string[]>("--person")
        {
            Description = "a category that is a person, instead of the usual words; may be repeated",
            HelpName = "category",
        };
        var quota = Named("--quota", "NAME=COUNT or NAME=PERSONS/NONE: how many pictures to take of a source");
        var licence = Named("--licence", "NAME=LICENCE of a source's pictures that name none");
        var split = Named("--split", "NAME=SPLIT for all pictures of a source");
        var clip = new Option<bool>("--clip-boxes") { Description = "cut boxes at the picture's edge instead of refusing them" };
        var replace = new Option<bool>("--replace") { Description = "replace a dataset that is there already" };
        var (seed, json) = (
            new Option<int>("--seed") { Description = "decides which pictures a quota takes", DefaultValueFactory = _ => 17 },
            CommonOptions.Json()
        );
        var verb = new Command(
            "import",
            "Bring annotated pictures of several kinds into one dataset.\n\nExample: mlnetperson curate import yard=pictures --licence "
                + "yard=CC0 --out people\nExample: mlnetperson curate import coco=instances_train2017.json@train2017 yard=pictures --quota "
                + "coco=5000 --out people --replace"
        )
        {
            sources,
            output,
            minArea,
            ignoreBelow,
            minPixels,
            recipe,
            size,
            resize,
            person,
            quota,
            licence,
            split,
            clip,
            replace,
            seed,
            json,
        };
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    var input = RecipeCatalog.Open(args.GetRequiredValue(recipe)).Input;
                    var (quotas, licences, splits) = (Values(quota), Values(licence), Values(split));
                    var parsed = args.GetRequiredValue(sources).Select(ImportSource.Parse).ToList();
                    foreach (
                        var (option, name) in new[] { ("--quota", quotas), ("--licence", licences), ("--split", splits) }.SelectMany(pair =>
                            pair.Item2.Keys.Select(key => (pair.Item1, key))
                        )
                    )
                    {
                        if (parsed.All(source => source.Name != name))
                        {
                            throw new DatasetException(
                                $"{option} names a source '{name}' that is not there. The sources: "
                                    + $"{string.Join(", ", parsed.Select(source => source.Name))}."
                            );
                        }
                    }

                    var options = new ImportOptions
                    {
                        Out = args.GetRequiredValue(output),
                        Sources =
                        [
                            .. parsed.Select(source =>
                                source with
                                {
                                    Persons = [.. args.GetValue(person) ?? []],
                                    Quota = quotas.TryGetValue(source.Name, out var count) ? SourceQuota.Parse(count) : null,
                                    Licence = licences.GetValueOrDefault(source.Name),
                                    Split = splits.GetValueOrDefault(source.Name),
                                }
                            ),
                        ],
                        Rule = rule with
                        {
                            MinPersonArea = args.GetValue(minArea),
                            IgnoreBelow = args.GetResult(ignoreBelow) is { Implicit: false }
                                ? args.GetValue(ignoreBelow)
                                : Math.Min(rule.IgnoreBelow, args.GetValue(minArea)),
                            MinPersonPixels = Pixels(args.GetValue(minPixels)!),
                            Input = new ImageSpec(
                                args.GetValue(size) ?? input.Width,
                                args.GetValue(size) ?? input.Height,
                                args.GetValue(resize) ?? input.Resize
                            ),
                        },
                        ClipBoxes = args.GetValue(clip),
                        Replace = args.GetValue(replace),
                        Seed = args.GetValue(seed),
                    };
                    OutputPlace.CheckFolder(options.Out);
                    var report = await StepDisplay.RunAsync(display =>
                        Task.Run(
                            () =>
                            {
                                display.Report(new RetrainProgress("reading annotations"));
                                return Importer.Import(options, display.CountingFiles("copying pictures"), cancellation);
                            },
                            cancellation
                        )
                    );
                    Write(report, args.GetValue(json));
                    return ExitCodes.Done;

                    Dictionary<string, string> Values(Option<string[]> option) =>
                        (args.GetValue(option) ?? [])
                            .Select(text => text.Split('=', 2))
                            .GroupBy(pair => pair[0], StringComparer.Ordinal)
                            .Select(same =>
                                same.Count() == 1
                                    ? same.First()
                                    : throw new DatasetException($"{option.Name} names the source '{same.Key}' {same.Count()} times.")
                            )
                            .ToDictionary(
                                pair => pair[0],
                                pair =>
                                    pair.Length == 2
                                        ? pair[1]
                                        : throw new DatasetException($"{option.Name} '{pair[0]}' is not of the form NAME=VALUE."),
                                StringComparer.Ordinal
                            );
                })
        );
        return verb;
    }

    private static Option<string[]> Named(string name, string description) =>
        new(name) { Description = description + "; may be repeated", HelpName = "name=value" };

    private static int Pixels(string text) =>
        text switch
        {
            "small" => LabelRule.SmallPixels,
            "medium" => LabelRule.MediumPixels,
            _ => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pixels)
                ? pixels
                : throw new DatasetException($"--min-person-pixels '{text}' is neither a number nor small or medium."),
        };

    private static void Write(ImportReport report, bool json)
    {
        if (json)
        {
            JsonOutput.Write(
                new
                {
                    report.Csv,
                    Rule = report.Rule.ToString(),
                    report.Copied,
                    Sources = report.Sources.Select(source => new
                    {
                        source.Name,
                        Format = source.Format.ToString(),
                        source.Described,
                        source.Persons,
                        source.None,
                        source.LeftOut,
                        Notes = source.Notes.AsEnumerable(),
                    }),
                }
            );
            return;
        }

        foreach (var source in report.Sources)
        {
            foreach (var note in source.Notes)
            {
                Console.Error.WriteLine($"{source.Name}: {note}");
            }

            var leftOut =
                source.LeftOut.Count == 0
                    ? ""
                    : "; left out: "
                        + string.Join(
                            ", ",
                            source.LeftOut.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Value} {entry.Key}"))
                        );
            Console.Out.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{source.Name} ({source.Format}): {source.Persons} with a person, {source.None} without{leftOut}"
                )
            );
        }

        Console.Out.WriteLine(report.Rule.ToString());
        Console.Out.WriteLine(report.Csv);
    }
}
