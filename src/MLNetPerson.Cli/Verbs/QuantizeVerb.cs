using System.CommandLine;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Onnx.Quantization.Ranges;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Pages;
using MLNetPerson.Tuning;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson quantize PACKAGE DATASET</c>.</summary>
internal static class QuantizeVerb
{
    private const string Always = "qat-always";

    public static Command Create()
    {
        var (package, dataset) = (CommonOptions.OwnPackage(), CommonOptions.Dataset());
        var (encodings, calibration, maxDrop) = (
            CommonOptions.Encodings(EncodingNames.All),
            CommonOptions.Calibration(),
            CommonOptions.MaxDrop()
        );
        var range = new Option<RangeMethod>("--range")
        {
            Description = "how activations' ranges are found: minMax, percentile or entropy",
            DefaultValueFactory = _ => RangeMethod.MinMax,
            HelpName = "method",
        };
        var percentile = new Option<double>("--percentile")
        {
            Description = "share of values kept, for --range percentile",
            DefaultValueFactory = _ => new QuantizeOptions().Percentile,
            HelpName = "percent",
        };
        var (split, holdOut, seed, maxBad, json) = (
            CommonOptions.Split(),
            CommonOptions.HoldOut(),
            CommonOptions.Seed(),
            CommonOptions.MaxBad(),
            CommonOptions.Json()
        );
        var recover = new Option<string?>("--recover")
        {
            Description =
                "qat: where no other step makes an integer encoding good enough, train it through its rounding (minutes on a CPU; the "
                + "first time fetches libtorch); qat-always: train it anyhow",
            HelpName = "method",
        };
        recover.AcceptOnlyFromAmong("qat", Always);
        var report = ReportChoice.Option("PACKAGE.encodings.html");
        var verb = new Command(
            "quantize",
            "Add smaller and faster encodings of the model to a package, each proved against float.\n\nExample: mlnetperson quantize "
                + "my-model pictures/ --hold-out 0.2\nExample: mlnetperson quantize my-model pictures/ --encodings fp16,weights8"
        )
        {
            package,
            dataset,
            encodings,
            calibration,
            maxDrop,
            range,
            percentile,
            recover,
            split,
            holdOut,
            report,
            seed,
            maxBad,
            json,
        };
        var shards = new ShardChoice(
            "folder that several processes share: with --shard each measures how sensitive its layers are, without it the encodings are "
                + "made with what is there"
        ).AddTo(verb);
        var datasets = new DatasetChoice().AddTo(verb);
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    var options =
                        EncodingNames.Options(
                            args.GetValue(encodings) ?? EncodingNames.All,
                            args.GetValue(calibration),
                            args.GetValue(maxDrop),
                            args.GetValue(seed) ?? new QuantizeOptions().Seed
                        ) ?? throw new QuantizationException("--encodings none leaves nothing to do here.");
                    options = options with
                    {
                        Range = args.GetValue(range),
                        Percentile = args.GetValue(percentile),
                        MaxBad = args.GetValue(maxBad),
                        SharedFolder = shards.Folder(args),
                    };
                    var shard = shards.Of(args);
                    var page = ReportChoice.Of(args.GetValue(report), ReportChoice.Beside(args.GetRequiredValue(package), "encodings"));
                    var isDetector = ModelPackage.TaskOf(args.GetRequiredValue(package)) == PackageManifest.DetectionTask;
                    var opened = isDetector
                        ? ModelPackage.OpenDetector(args.GetRequiredValue(package))
                        : ModelPackage.Open(args.GetRequiredValue(package));
                    var (pictures, heldOut) = DatasetDivision.Of(
                        datasets.Read(args, args.GetRequiredValue(dataset)),
                        args.GetValue(split),
                        args.GetValue(holdOut),
                        options.Seed
                    );
                    if (isDetector)
                    {
                        return shard.IsWhole
                            ? await QuantizeDetectorAsync(opened, pictures, heldOut, options, args.GetValue(json), cancellation)
                            : throw new QuantizationException(
                                $"Shard {shard}: '{opened.Folder}' is a detector, and detectors are quantized by one process. Leave "
                                    + "--shard out."
                            );
                    }

                    if (!shard.IsWhole)
                    {
                        var layers = await StepDisplay.RunAsync(display =>
                            Task.Run(
                                () =>
                                    PackageQuantizer.RankPart(
                                        opened,
                                        pictures,
                                        heldOut,
                                        options,
                                        shard,
                                        display.Quantizing(),
                                        cancellation
                                    ),
                                cancellation
                            )
                        );
                        ResultLines.Line($"Shard {shard}: how sensitive {layers} layers are lies in {options.SharedFolder}.");
                        return ExitCodes.Done;
                    }

                    var result = await StepDisplay.RunAsync(display =>
                        Task.Run(
                            () =>
                                PackageQuantizer.Quantize(
                                    opened,
                                    pictures,
                                    heldOut,
                                    args.GetValue(recover) is null
                                        ? options
                                        : QuantizationAwareTraining.Recovering(
                                            options,
                                            opened,
                                            pictures,
                                            display.Quantizing(),
                                            always: args.GetValue(recover) == Always
                                        ),
                                    display.Quantizing(),
                                    cancellation
                                ),
                            cancellation
                        )
                    );
                    ReportChoice.Write(page, () => ReportFactory.Of(result));
                    EncodingOutput.Write(result, ModelPackage.Open(opened.Folder).Manifest, args.GetValue(json));
                    if (page is not null && !args.GetValue(json))
                    {
                        Console.Out.WriteLine($"Report: {page}");
                    }

                    return result.Refused.IsEmpty ? ExitCodes.Done : ExitCodes.Refused;
                })
        );
        return verb;
    }

    /// <summary>A detector's encodings are judged by average precision, and their numbers stand in its card.</summary>
    private static async Task<int> QuantizeDetectorAsync(
        ModelPackage package,
        Dataset pictures,
        Dataset? heldOut,
        QuantizeOptions options,
        bool json,
        CancellationToken cancellation
    )
    {
        var proof = BoxedDataset.Of(heldOut ?? pictures);
        DetectorOutput.WriteLeftOut(proof);
        var result = await StepDisplay.RunAsync(display =>
            Task.Run(() => DetectorQuantizer.Quantize(package, pictures, proof, options, display.Quantizing(), cancellation), cancellation)
        );
        if (json)
        {
            JsonOutput.Write(result);
        }

        DetectorOutput.WriteEncodings(json ? result with { Written = [] } : result);
        return result.Refused.IsEmpty ? ExitCodes.Done : ExitCodes.Refused;
    }
}
