using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Images;
using MLNetPerson.Prediction;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson predict PACKAGE PATH…</c>.</summary>
internal static class PredictVerb
{
    private const string StandardInput = "-";

    public static Command Create()
    {
        var package = CommonOptions.Package();
        var paths = new Argument<string[]>("path") { Description = "picture files, folders of them, or - for one picture on stdin", Arity = ArgumentArity.OneOrMore };
        var (encoding, json) = (CommonOptions.Encoding(), CommonOptions.Json());
        var verb = new Command("predict", "Say of each picture whether there is a person in it.\n\nExample: mlnetperson predict person street.jpg\nExample: mlnetperson predict my-model holiday/ street.jpg --json") { package, paths, encoding, json };
        verb.SetAction((args, cancellation) => Guard.RunAsync(() =>
        {
            var files = args.GetRequiredValue(paths).SelectMany(PictureFiles.Expand).ToList();
            using var classifier = PackageChoice.Load(args.GetRequiredValue(package), args.GetValue(encoding));
            var failed = false;
            foreach (var result in Results(classifier, files, cancellation))
            {
                failed |= result.Error is not null;
                Write(result, args.GetValue(json));
            }

            return Task.FromResult(failed ? ExitCodes.BadInput : ExitCodes.Done);
        }));
        return verb;
    }

    private static IEnumerable<PersonResult> Results(PersonClassifier classifier, List<string> files, CancellationToken cancellation) =>
        files is [StandardInput] ? [FromStandardInput(classifier)]
        : files.Contains(StandardInput) ? throw new DatasetException("'-' reads one picture from stdin and stands alone.")
        : classifier.PredictMany(files, cancellation);

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

    private static void Write(PersonResult result, bool json)
    {
        if (json)
        {
            JsonOutput.WriteLine(result.Prediction is { } answer
                ? new { file = result.Name, probability = answer.Probability, isPerson = answer.IsPerson }
                : new { file = result.Name, error = result.Error!.Reason });
        }
        else if (result.Prediction is { } prediction)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(prediction.IsPerson ? "person" : "none"),-8}{prediction.Probability:0.000}  {result.Name}"));
        }
        else
        {
            Console.Error.WriteLine($"error: {result.Error!.Message}");
        }
    }
}
