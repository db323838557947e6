using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNetPerson.Files;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Training.Reports;

/// <summary>From what a verb did to what its report says.</summary>
public static class ReportFactory
{
    private const string Evidence =
        "The number is the probability of a person that was said. Beside each picture is what the model looked at: orange speaks for a "
        + "person, blue against one, and all places together give the answer.";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Of a retrain.</summary>
    /// <param name="result">What it did; its package is opened.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    /// <exception cref="PackageException">The package has gone or changed.</exception>
    public static Report Of(RetrainResult result, CancellationToken cancellation = default)
    {
        var manifest = ModelPackage.Open(result.Package).Manifest;
        var (numbers, judged) = (result.Evaluation, result.Judged);
        var heldOut = result.EvaluationSource == "held-out";
        var source = heldOut ? "held out, training never saw them" : "each judged by a head that was fitted without it";
        return new Report
        {
            Title = $"{manifest.Name}: is there a person in the picture?",
            Lead = Facts.Text(
                $"Trained on {result.Samples:N0} pictures. {Verdict(numbers)} The pictures were ",
                $"{(heldOut ? "held out: training never saw them" : "judged in turn, each by a head that never saw it")}."
            ),
            Evaluation = new ReportEvaluation(numbers, judged.Probabilities, Labels(judged.Samples), source),
            Encodings = Facts.Encodings(manifest),
            Refused = result.Encodings?.Refused ?? [],
            Slices = result.Balance?.SlicesWith ?? [],
            Mistakes = MistakeChooser.Choose(
                judged.Samples,
                judged.Probabilities,
                numbers.Threshold,
                result.Package,
                heldOut
                    ? Evidence
                    : $"{Evidence} The probability is that of a head which never saw the picture; the colours are the finished model’s.",
                cancellation
            ),
            Findings = new ReportFindings(
                $"What a retrain sees by the way: files that cannot be read, the same file twice, files on both sides of the division, "
                    + $"classes that are rare. 'curate check' looks harder: for copies, wrong labels and shortcuts.",
                [
                    new CheckResult(
                        "by the way",
                        Facts.Text($"{result.Samples + judged.Samples.Length * (heldOut ? 1 : 0):N0} pictures, by their hashes and labels"),
                        result.Findings
                    ),
                ],
                ImmutableDictionary<string, ReportPicture>.Empty
            ),
            Provenance =
            [
                .. Facts.Of(manifest, result.Package),
                new ReportFact("Judged", Facts.Text($"{judged.Samples.Length:N0} pictures, {source}")),
                new ReportFact("Hash of the judged pictures", judged.Sha256),
                new ReportFact("L2 penalty", Facts.Text($"{result.Head.L2}")),
                new ReportFact(
                    "Export",
                    Facts.Text(
                        $"the file gives the training path’s probabilities within {result.Export.Parity.Difference:0.0e+0} on ",
                        $"{result.Export.Parity.Pictures} pictures"
                    )
                ),
                .. Facts.OfMachine(),
            ],
            Recipe = Json(manifest.Recipe),
        };
    }

    /// <summary>Of an evaluation.</summary>
    /// <param name="evaluation">Of the classifier's package.</param>
    /// <param name="classifier">Which judged.</param>
    /// <param name="dataset">The pictures' name.</param>
    /// <param name="slices">By attribute; may be empty.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public static Report Of(
        PackageEvaluation evaluation,
        PersonClassifier classifier,
        string dataset,
        ImmutableArray<SliceResult> slices,
        CancellationToken cancellation = default
    )
    {
        var (manifest, numbers) = (classifier.Package.Manifest, evaluation.Report);
        string[] hashes =
        [
            .. evaluation.Samples.AsParallel().AsOrdered().WithCancellation(cancellation).Select(sample => Sha256Text.OfFile(sample.Path)),
        ];
        return new Report
        {
            Title = $"{manifest.Name} on {dataset}",
            Lead = Verdict(numbers),
            Evaluation = new ReportEvaluation(
                numbers,
                evaluation.Probabilities,
                Labels(evaluation.Samples),
                $"{dataset}, judged by {classifier.Encoding.Name}. Whether training saw them, the package cannot know"
            ),
            Encodings = Facts.Encodings(manifest),
            Slices = slices,
            Mistakes = MistakeChooser.Choose(
                evaluation.Samples,
                evaluation.Probabilities,
                numbers.Threshold,
                classifier.Package.Folder,
                classifier.Encoding.Name == PackageEncoding.Float32
                    ? Evidence
                    : $"{Evidence} The probability is that of {classifier.Encoding.Name}; the colours are float32’s.",
                cancellation
            ),
            Findings = Skipped(evaluation),
            Provenance =
            [
                new ReportFact("Judged", Facts.Text($"{evaluation.Samples.Length:N0} pictures of {dataset}")),
                new ReportFact("Hash of the judged pictures", ContentHash.Of(evaluation.Samples, hashes)),
                new ReportFact("Encoding", $"{classifier.Encoding.Name}: {classifier.Choice.Reason}"),
                new ReportFact(
                    "Speed",
                    Facts.Text($"{evaluation.ImagesPerSecond:0} pictures a second, from file to probability, on all cores")
                ),
                .. Facts.Of(manifest, classifier.Package.Folder),
                .. Facts.OfMachine(),
            ],
            Recipe = Json(manifest.Recipe),
        };
    }

    /// <summary>Of encodings that were added to a package.</summary>
    /// <param name="result">What became of them; the package is opened.</param>
    public static Report Of(QuantizeResult result)
    {
        var manifest = ModelPackage.Open(result.Package).Manifest;
        var written = string.Join(
            ", ",
            result.Written.Select(encoding =>
                Facts.Text($"{encoding.Encoding} ({encoding.Bytes / 1e6:0.00} MB, {encoding.Points:+0.00;−0.00;0.00} points)")
            )
        );
        var proof = result.Written.FirstOrDefault();
        return new Report
        {
            Title = $"{manifest.Name}: encodings",
            Lead =
                $"{(written.Length > 0 ? $"Proved against float32 and in the package: {written}." : "No encoding was good enough.")}"
                + $"{(result.Refused.IsEmpty ? "" : $" Refused: {string.Join(", ", result.Refused.Select(one => one.Encoding))}.")}",
            Encodings = result.Written,
            Refused = result.Refused,
            Findings = result.Skipped.IsEmpty ? null : Unusable(result.Skipped),
            Provenance =
            [
                .. proof?.Calibration is { } calibration
                    ?
                    [
                        new ReportFact(
                            "Calibrated on",
                            Facts.Text(
                                $"{calibration.Pictures} pictures, {calibration.Persons} with a person, seed {calibration.Seed}, ranges by ",
                                $"{calibration.Range}"
                            )
                        ),
                        new ReportFact("Hash of the calibration pixels", calibration.Sha256),
                    ]
                    : Array.Empty<ReportFact>(),
                .. proof is null ? Array.Empty<ReportFact>() : [new ReportFact("Measured with", proof.Machine)],
                .. Facts.Of(manifest, result.Package),
                .. Facts.OfMachine(),
            ],
            Recipe = Json(manifest.Recipe),
        };
    }

    /// <summary>Of a check of a dataset.</summary>
    /// <param name="report">What was found.</param>
    /// <param name="dataset">Which was checked.</param>
    /// <param name="recipe">Whose features and head were used.</param>
    /// <param name="seed">Of every random choice.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public static Report Of(CurationReport report, Dataset dataset, Recipe recipe, int seed, CancellationToken cancellation = default)
    {
        const int PicturesPerKind = 12;
        var paths = dataset
            .Samples.GroupBy(sample => sample.File, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First().Path, StringComparer.Ordinal);
        var thumbnail = new Thumbnail(null);
        var pictures = report
            .Findings.Where(finding => finding.Kind != FindingKind.Unreadable && paths.ContainsKey(finding.File))
            .GroupBy(finding => finding.Kind)
            .SelectMany(kind => kind.Take(PicturesPerKind))
            .Select(finding => finding.File)
            .Distinct(StringComparer.Ordinal)
            .AsParallel()
            .WithCancellation(cancellation)
            .Select(file => thumbnail.Of(file, paths[file], double.NaN))
            .ToImmutableDictionary(picture => picture.File, StringComparer.Ordinal);
        var persons = dataset.Samples.Count(sample => sample.IsPerson);
        var splits =
            dataset.Splits.Count == 0
                ? "no splits"
                : string.Join(
                    ", ",
                    dataset.Splits.Select(split => Facts.Text($"{split} {dataset.Samples.Count(sample => sample.Split == split):N0}"))
                );
        return new Report
        {
            Title = $"{report.Dataset}: what there is to doubt",
            Lead = Facts.Text(
                $"{report.Samples:N0} pictures, {persons:N0} labelled person and {dataset.Samples.Length - persons:N0} none; ",
                $"{report.Findings.Count():N0} findings. None of them changes anything until it is accepted in review.csv and ",
                $"applied."
            ),
            Findings = new ReportFindings(
                "Each check looks for one kind of fault; the strongest findings of each kind are below, all of them in review.csv.",
                report.Checks,
                pictures
            ),
            Provenance =
            [
                new ReportFact("Dataset", Facts.Text($"{report.Dataset}: {report.Samples:N0} pictures, {splits}")),
                new ReportFact("Recipe", recipe.Name),
                new ReportFact("Backbone", recipe.Backbone),
                new ReportFact("Seed", Facts.Text($"{seed}")),
                .. Facts.OfMachine(),
            ],
            Recipe = Json((JsonObject)JsonNode.Parse(RecipeJson.Write(recipe))!),
        };
    }

    private static string Verdict(EvaluationReport numbers) =>
        Facts.Text(
            $"Of {numbers.Confusion.Total:N0} answers {Percent.Of(numbers.Accuracy.Value)} are right (95 % interval ",
            $"{Percent.Of(numbers.Accuracy.Interval)}): {numbers.Confusion.FalseNegative:N0} persons missed, ",
            $"{numbers.Confusion.FalsePositive:N0} false alarms."
        );

    private static ReportFindings? Skipped(PackageEvaluation evaluation) =>
        evaluation.Skipped.IsEmpty ? null : Unusable(evaluation.Skipped);

    private static ReportFindings Unusable(ImmutableArray<Features.SkippedSample> skipped) =>
        new(
            "Pictures that could not be used and count nowhere.",
            [
                new CheckResult(
                    "unreadable",
                    "every picture was decoded",
                    [
                        .. skipped.Select(skip => new Finding
                        {
                            Kind = FindingKind.Unreadable,
                            File = skip.Sample.File,
                            Action = CurationAction.Remove,
                            Score = 1,
                            Why = skip.Reason,
                        }),
                    ]
                ),
            ],
            ImmutableDictionary<string, ReportPicture>.Empty
        );

    private static ImmutableArray<bool> Labels(ImmutableArray<Sample> samples) => [.. samples.Select(sample => sample.IsPerson)];

    private static string Json(JsonObject recipe) => recipe.ToJsonString(Indented);
}
