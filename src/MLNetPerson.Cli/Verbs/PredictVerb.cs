using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson predict PACKAGE PATH…</c>.</summary>
internal static class PredictVerb
{
    private const string StandardInput = "-";
    private const string AloneOnly = "'-' reads one picture from stdin and stands alone.";

    public static Command Create()
    {
        var package = CommonOptions.Package();
        var paths = new Argument<string[]>("path")
        {
            Description = "picture files, folders of them, or - for one picture on stdin",
            Arity = ArgumentArity.OneOrMore,
        };
        var (encoding, json) = (CommonOptions.Encoding(), CommonOptions.Json());
        var explain = new Option<string?>("--explain")
        {
            Description =
                $"also write each picture with a heat map of where the answer comes from into this folder; {PackageEncoding.Float32} "
                + $"answers where no encoding is named, since it is what is explained",
            HelpName = "folder",
        };
        var verb = new Command(
            "predict",
            "Say of each picture whether there is a person in it.\n\nExample: mlnetperson predict person street.jpg\nExample: mlnetperson "
                + "predict my-model holiday/ street.jpg --json\nExample: mlnetperson predict person street.jpg --explain explained"
        )
        {
            package,
            paths,
            encoding,
            explain,
            json,
        };
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(() =>
                {
                    var files = args.GetRequiredValue(paths).SelectMany(PictureFiles.Expand).ToList();
                    var folder = args.GetValue(explain);
                    using var classifier = PackageChoice.Load(
                        args.GetRequiredValue(package),
                        args.GetValue(encoding) ?? (folder is null ? null : PackageEncoding.Float32)
                    );
                    var failed = false;
                    foreach (
                        var (result, overlay) in folder is null
                            ? Results(classifier, files, cancellation).Select(result => (result, (string?)null))
                            : Explained(classifier, files, folder, cancellation)
                    )
                    {
                        failed |= result.Error is not null;
                        Write(result, overlay, args.GetValue(json));
                    }

                    return Task.FromResult(failed ? ExitCodes.BadInput : ExitCodes.Done);
                })
        );
        return verb;
    }

    private static IEnumerable<PersonResult> Results(PersonClassifier classifier, List<string> files, CancellationToken cancellation) =>
        files is [StandardInput] ? [FromStandardInput(classifier)]
        : files.Contains(StandardInput) ? throw new DatasetException(AloneOnly)
        : classifier.PredictMany(files, cancellation);

    private static IEnumerable<(PersonResult Result, string? Overlay)> Explained(
        PersonClassifier classifier,
        List<string> files,
        string folder,
        CancellationToken cancellation
    )
    {
        var pictures = new ExplainedPictures(classifier, folder);
        if (files is not [StandardInput])
        {
            return files.Contains(StandardInput) ? throw new DatasetException(AloneOnly) : pictures.Answer(files, cancellation);
        }

        using var input = Console.OpenStandardInput();
        return [pictures.Answer(StandardInput, () => new ImageReader().ReadBytes(input, "stdin"))];
    }

    private static PersonResult FromStandardInput(PersonClassifier classifier)
    {
        try
        {
            using var input = Console.OpenStandardInput();
            return new PersonResult(StandardInput, classifier.Predict(input, "stdin"), null);
        }
        catch (ImageException exception)
        {
            return new PersonResult(StandardInput, null, exception);
        }
    }

    private static void Write(PersonResult result, string? overlay, bool json)
    {
        if (json)
        {
            JsonOutput.WriteLine(
                result.Prediction is { } answer
                    ? overlay is null
                        ? new
                        {
                            file = result.Name,
                            probability = answer.Probability,
                            isPerson = answer.IsPerson,
                        }
                        : new
                        {
                            file = result.Name,
                            probability = answer.Probability,
                            isPerson = answer.IsPerson,
                            explained = overlay,
                        }
                    : new { file = result.Name, error = result.Error!.Reason }
            );
        }
        else if (result.Prediction is { } prediction)
        {
            Console.Out.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(prediction.IsPerson ? "person" : "none"),-8}{prediction.Probability:0.000}  {result.Name}"
                        + $"{(overlay is null ? "" : $" → {overlay}")}"
                )
            );
        }
        else
        {
            Console.Error.WriteLine($"error: {result.Error!.Message}");
        }
    }
}
