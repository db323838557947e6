using System.CommandLine;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Files;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;

namespace MLNetPerson.Cli.Verbs.Detect;

/// <summary><c>mlnetperson detect onnx PACKAGE --out FILE</c>.</summary>
internal static class DetectJoinVerb
{
    public static Command Create()
    {
        var package = DetectVerb.Package();
        var output = new Option<string>("--out")
        {
            Description = "the ONNX file to write",
            Required = true,
            HelpName = "file",
        };
        var (encoding, raw) = (
            CommonOptions.Encoding(),
            new Option<bool>("--raw")
            {
                Description = "without suppression: all boxes and probabilities, for runtimes that do not know NonMaxSuppression",
            }
        );
        var verb = new Command(
            "onnx",
            "Write one ONNX file from a picture's bytes to boxes, with the suppression of overlapping boxes inside.\n\nExample: "
                + "mlnetperson "
                + "detect onnx person-boxes --out person-boxes.onnx\nExample: mlnetperson detect onnx person-boxes --encoding "
                + "int8-portable "
                + "--raw --out "
                + "person-boxes.raw.onnx"
        )
        {
            package,
            output,
            encoding,
            raw,
        };
        verb.SetAction(
            (args, _) =>
                Guard.RunAsync(() =>
                {
                    var opened = ModelPackage.OpenDetector(args.GetRequiredValue(package));
                    var chosen = args.GetValue(encoding) is { } name
                        ? opened.Encoding(name)
                        : EncodingChoice.Of(opened.Manifest, CpuFeatures.Current).Encoding;
                    var path = args.GetRequiredValue(output);
                    OutputPlace.CheckFile(path);
                    AtomicFile.WriteBytes(path, args.GetValue(raw) ? opened.ReadBytes(chosen.File) : PersonDetector.Joined(opened, chosen));
                    Console.Out.WriteLine($"{path}: {chosen.Name}{(args.GetValue(raw) ? ", boxes before suppression" : "")}");
                    return Task.FromResult(ExitCodes.Done);
                })
        );
        return verb;
    }
}
