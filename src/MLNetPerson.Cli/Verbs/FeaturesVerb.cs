using System.CommandLine;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson features DATASET --cache DIR</c>: extraction alone, by shards.</summary>
internal static class FeaturesVerb
{
    public static Command Create()
    {
        var dataset = CommonOptions.Dataset();
        var recipe = CommonOptions.Recipe();
        var backbone = new Option<string?>("--backbone")
        {
            Description = "ONNX file of your own with a card beside it (same name, .json), instead of the recipe's backbone",
            HelpName = "file",
        };
        var threads = CommonOptions.AtLeast(
            1,
            new Option<int>("--threads") { Description = "pictures in work at a time; one a core where left out", HelpName = "count" }
        );
        var (split, size, maxBad, json) = (CommonOptions.Split(), CommonOptions.Size(), CommonOptions.MaxBad(), CommonOptions.Json());
        var verb = new Command(
            "features",
            "Extract features into a folder that many processes share, each its part of the pictures. 'retrain --cache' then opens no "
                + "picture.\n\nExample: mlnetperson features pictures/labels.csv --shard 1/2 --cache shared"
        )
        {
            dataset,
            recipe,
            backbone,
            split,
            size,
            threads,
            maxBad,
            json,
        };
        var shards = new ShardChoice(
            "folder that the processes share, of one recipe's features; made where missing",
            isRequired: true
        ).AddTo(verb);
        var datasets = new DatasetChoice().AddTo(verb);
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    var shard = shards.Of(args);
                    var chosen = RecipeChoice.Apply(
                        RecipeCatalog.Open(args.GetRequiredValue(recipe)),
                        args.GetValue(size),
                        null,
                        args.GetValue(backbone),
                        null
                    );
                    var samples = datasets.Stream(args, args.GetRequiredValue(dataset), shard);
                    if (args.GetValue(split) is { } wanted)
                    {
                        samples = samples.Where(sample => sample.Split == wanted);
                    }

                    var options = new FeatureOptions
                    {
                        MaxBad = args.GetValue(maxBad),
                        Parallelism = args.GetValue(threads),
                        SharedFolder = shards.Folder(args),
                    };
                    var report = await StepDisplay.RunAsync(display =>
                        Task.Run(
                            async () =>
                            {
                                display.Report(new RetrainProgress($"opening backbone {chosen.Backbone}"));
                                var network = await FeatureNetworkBuilder.BuildAsync(
                                    BackboneCatalog.Open(chosen.Backbone),
                                    chosen.Input,
                                    chosen.Features,
                                    cancellation
                                );
                                return ShardedExtraction.Run(
                                    network,
                                    samples,
                                    shard,
                                    options,
                                    display.Counting($"features of shard {shard}"),
                                    cancellation: cancellation
                                );
                            },
                            cancellation
                        )
                    );
                    ShardOutput.Write(report, options.SharedFolder!, "extracted", args.GetValue(json));
                    return report.Seen > 0
                        ? ExitCodes.Done
                        : throw new DatasetException(
                            $"'{args.GetRequiredValue(dataset)}' has no "
                                + $"sample{(args.GetValue(split) is { } none ? $" of split '{none}'" : "")}."
                        );
                })
        );
        return verb;
    }
}
