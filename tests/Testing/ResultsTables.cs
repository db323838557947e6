using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper;
using MLNetPerson.Training.Bundles;

namespace MLNetPerson.Testing;

/// <summary>Tables of the READMEs, made from the results files.</summary>
public static partial class ResultsTables
{
    /// <summary>The document with every table between its markers made anew.</summary>
    public static string Fill(string document) =>
        Marked()
            .Replace(document, match => $"<!-- results: {match.Groups["name"].Value} -->\n{Table(match.Groups["name"].Value)}<!-- end -->");

    [GeneratedRegex("<!-- results: (?<name>[a-z0-9-]+) -->\n(?<table>.*?)<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Marked();

    private static string Table(string name)
    {
        var rows = name == "estimates" ? [] : Read(name == "poster" ? "quantization" : name);
        return name switch
        {
            "recipes" => Lines(
                ["Recipe", "Input", "Accuracy", "ROC AUC", "Size", "Multiply-accumulates", "Parameters", "One thread"],
                rows.OrderByDescending(row => row["recipe"])
                    .Select(row =>
                        new[]
                        {
                            $"`{row["recipe"]}`",
                            $"{row["width"]} × {row["height"]}",
                            $"{Percent(row["accuracy"])} % ({Percent(row["accuracyLow"])}–{Percent(row["accuracyHigh"])})",
                            $"{row["rocAuc"][..5]} ({row["rocAucLow"][..5]}–{row["rocAucHigh"][..5]})",
                            $"{Number(row["megabytes"]):0.0} MB",
                            $"{Number(row["macs"]) / 1e6:0} M",
                            $"{Number(row["parameters"]) / 1e6:0.00} M",
                            $"{Number(row["ms1thread"]):0.0} ms",
                        }
                    )
            )
                + $"\n{rows[0]["encoding"]}; trained on {rows[0]["trainedOn"]} ({Number(rows[0]["trainingSamples"]):N0} pictures, hash "
                + $"{rows[0]["trainingHash"]}), measured on {rows[0]["measuredOn"]} ({rows[0]["samples"]}); used for choosing: "
                + $"{rows[0]["usedForChoosing"]}. {rows[0]["machine"]}.\n",
            "trainers" => Lines(
                ["Recipe", "Trainer", "Accuracy", "ROC AUC", "Largest difference", "Other decisions", "Retrain takes", "Same bytes twice"],
                rows.Select(row =>
                    new[]
                    {
                        $"`{row["recipe"]}`",
                        $"`{row["trainer"]}`",
                        $"{Percent(row["accuracy"])} % ({Percent(row["accuracyLow"])}–{Percent(row["accuracyHigh"])})",
                        $"{row["rocAuc"]} ({row["rocAucLow"]}–{row["rocAucHigh"]})",
                        row["trainer"] == "builtin" ? "reference" : row["largestProbabilityDifference"],
                        row["trainer"] == "builtin" ? "" : $"{row["otherDecisions"]} of {row["samples"]}",
                        $"{row["fitRatio"]}×",
                        row["sameBytesTwice"],
                    }
                )
            )
                + $"\nTrained on {rows[0]["trainedOn"]} ({Number(rows[0]["trainingSamples"]):N0} pictures), measured on "
                + $"{rows[0]["measuredOn"]} ({rows[0]["samples"]}); features cached before. {rows[0]["machine"]}.\n",
            "quantization" => Lines(
                ["Width", "Input", "Encoding", "Size", "Accuracy", "Change in points", "Change in ROC AUC", "Speed, one thread"],
                Groups(rows)
                    .Select(group =>
                        new[]
                        {
                            "1.0",
                            $"{group[0]["width"]} × {group[0]["height"]}",
                            $"`{group[0]["encoding"]}`",
                            $"{Number(group[0]["megabytes"]):0.00} MB",
                            $"{Percent(Mean(group, "accuracy"))} %",
                            Signed(Mean(group, "points"), "0.00"),
                            Signed(Mean(group, "rocAucChange"), "0.0000"),
                            $"{Mean(group, "speed1thread"):0.00}×",
                        }
                    )
            )
                + $"\nRecipe `{rows[0]["recipe"]}`, trained on voc2007's train split, measured on {rows[0]["samples"]} pictures of its dev "
                + $"split against float on the same; means of {Groups(rows)[0].Count} trainings at {rows[0]["width"]} pixels, one at "
                + $"the others. {rows[0]["machine"]}.\n",
            "poster" => Lines(
                ["Encoding", "Size", "Accuracy", "Points against float", "Speed, one thread"],
                Groups(rows)
                    .Where(group => group[0]["width"] == "224")
                    .Select(group =>
                        new[]
                        {
                            $"`{group[0]["encoding"]}`",
                            $"{Number(group[0]["megabytes"]):0.00} MB",
                            $"{Percent(Mean(group, "accuracy"))} %",
                            Signed(Mean(group, "points"), "0.00"),
                            $"{Mean(group, "speed1thread"):0.00}×",
                        }
                    )
            ) + $"\n{rows[0]["width"]} × {rows[0]["height"]}; means of {Groups(rows)[0].Count} trainings. {rows[0]["machine"]}.\n",
            "emulated" => Lines(
                ["Processor", "Chosen there", "Encoding", "Accuracy", "Points against float", "Largest change of a probability"],
                rows.Select(row =>
                    new[]
                    {
                        row["processor"],
                        $"`{row["default"]}`",
                        $"`{row["encoding"]}`",
                        $"{Percent(row["accuracy"])} %",
                        Signed(Number(row["points"]), "0.00"),
                        $"{Number(row["largestDifferenceToSameEncodingHere"]):0.0000}",
                    }
                )
            ) + $"\n`models/person` on {rows[0]["samples"]} pictures of voc2007's dev split; Haswell is emulated. {rows[0]["machine"]}.\n",
            "integer-sums" => Lines(
                ["Encoding", "Sums", "Accuracy", "Points against float", "ROC AUC", "Time against float"],
                rows.Select(row =>
                    new[]
                    {
                        $"`{row["encoding"]}`",
                        row["sums"],
                        $"{Percent(row["accuracy"])} %",
                        Signed(Number(row["points"]), "0.00"),
                        row["rocAuc"],
                        $"{row["timeRatioToFloat"]}×",
                    }
                )
            )
                + $"\n`models/person` on {rows[0]["samples"]} pictures of voc2007's dev split, one thread, in turns. {rows[0]["processor"]}; "
                + $"{rows[0]["machine"]}.\n",
            "arm64" => Lines(
                ["Encoding", "Goldens right", "Largest golden difference", "Allowed", "Pictures decided otherwise", "Largest difference"],
                rows.Select(row =>
                    new[]
                    {
                        $"`{row["encoding"]}`",
                        $"{row["goldensRight"]} of {row["goldens"]}",
                        row["largestGoldenDifference"],
                        row["tolerance"],
                        $"{row["otherDecisions"]} of {row["pictures"]}",
                        row["largestDifference"],
                    }
                )
            )
                + $"\n`models/person` on an emulated {rows[0]["processor"]} (the Raspberry Pi 4's), against x64 here; pictures of "
                + $"voc2007's dev split. {rows[0]["machine"]}.\n",
            "devices" => Lines(
                ["Processor", "Encoding", "Within the tolerance", "Largest difference", "Allowed", "Decisions right"],
                rows.GroupBy(row => (row["processor"], row["encoding"]))
                    .Select(tests =>
                        new[]
                        {
                            tests.First()["processor"] + (tests.First()["emulated"] == "1" ? ", emulated" : ""),
                            $"`{tests.Key.Item2}`"
                                + (
                                    tests.First()["chosenThere"] == tests.Key.Item2 ? ", chosen there"
                                    : tests.First()["meantForIt"] == "1" ? ""
                                    : ", not meant for it"
                                ),
                            $"{tests.Sum(row => Number(row["within"]))} of {tests.Count()}",
                            $"{tests.Max(row => Number(row["difference"])):0.000000}",
                            tests.First()["tolerance"],
                            $"{tests.Sum(row => Number(row["decisionRight"]))} of {tests.Count()}",
                        }
                    )
            ) + $"\n`models/person`'s golden pictures; cortex-a72 is the Raspberry Pi 4's, Haswell has no VNNI. {rows[0]["machine"]}.\n",
            "estimates" => Lines(
                ["Board", "Numbers", "Network", "By", "Published", "Estimated"],
                PublishedTiming
                    .All.Where(timing => timing.Use == "check")
                    .Select(timing =>
                        new[]
                        {
                            timing.Board,
                            timing.Numbers,
                            timing.Network,
                            timing.Runtime,
                            Invariant($"{timing.Milliseconds} ms"),
                            Estimate(timing),
                        }
                    )
            ),
            "sizes" => Lines(
                ["Input", "Encoding", "Accuracy", "ROC AUC", "File to answer", "95 of 100 within", "Model alone", "Size", ""],
                rows.Select(row =>
                    new[]
                    {
                        $"{row["side"]} × {row["side"]}",
                        $"`{row["encoding"]}`",
                        $"{Percent(row["accuracy"])} % ({Percent(row["accuracyLow"])}–{Percent(row["accuracyHigh"])})",
                        row["rocAuc"][..5],
                        Invariant($"{Number(row["msFileToAnswer"]):0.00} ms"),
                        Invariant($"{Number(row["p95"]):0.00} ms"),
                        Invariant($"{Number(row["msModel"]):0.00} ms"),
                        Invariant($"{Number(row["megabytes"]):0.00} MB"),
                        row["dominatedBy"].Length == 0 ? "on the frontier" : $"no better than {row["dominatedBy"]}",
                    }
                )
            )
                + $"\nRecipe `{rows[0]["recipe"]}`, trained on voc2007's train split, measured on {rows[0]["samples"]} pictures of its dev "
                + $"split; one thread, medians. {rows[0]["machine"]}.\n",
            "sizes-checks" => Lines(
                ["What", "Measured", "Expected"],
                rows.Select(row =>
                    new[]
                    {
                        row["what"],
                        Invariant($"{Number(row["value"]):0.##} {(row["unit"] == "ratio" ? "" : row["unit"])}").Trim(),
                        row["promise"],
                    }
                )
            ) + $"\n{rows[0]["machine"]}.\n",
            "cost" => Lines(["What", "Measured", "Promised"], rows.Select(row => new[] { row["what"], $"{Cost(row)}", row["promise"] }))
                + $"\n{rows[0]["machine"]}.\n",
            "scale" => Scale(rows),
            "curation" or "curation-sizes" => Lines(
                ["What", "Measured", name == "curation" ? "Promised" : "95 % interval"],
                rows.Select(row => new[] { row["what"], Cost(row, "0.000"), row["promise"] })
            ) + $"\n{rows[0]["machine"]}.\n",
            "curation-slices" => Lines(
                ["Pictures", "By", "Value", "n", "Recall", "Behind the best", "n", "False alarms", "Behind the best", ""],
                rows.Select(row =>
                    new[]
                    {
                        row["dataset"],
                        row["attribute"],
                        row["value"],
                        row["persons"],
                        Rate(row, "recall"),
                        Gap(row, "recallGap", row["recall"]),
                        row["none"],
                        Rate(row, "falseAlarms"),
                        Gap(row, "falseAlarmGap", row["falseAlarms"]),
                        row["flagged"] == "1" ? "**flagged**" : "",
                    }
                )
            ) + $"\n{rows[0]["machine"]}.\n",
            "curation-learning" => Lines(
                ["Labels", .. rows.Select(row => row["choice"]).Distinct()],
                rows.GroupBy(row => row["labels"])
                    .Select(labels =>
                        (string[])[labels.Key, .. labels.Select(row => $"{row["rocAuc"][..5]} ({Percent(row["accuracy"])} %)")]
                    )
            ) + $"\nROC AUC (accuracy) on voc2007 dev, mean of {rows[0]["draws"]} draws of the first labels. {rows[0]["machine"]}.\n",
            "mlnet-accuracy" => Lines(
                ["Chain", "Pictures", "Number", "Accuracy", "ROC AUC", "Log loss"],
                rows.Select(row =>
                    new[]
                    {
                        row["chain"],
                        row["pictures"],
                        row["samples"],
                        $"{Percent(row["accuracy"])} % ({Percent(row["accuracyLow"])}–{Percent(row["accuracyHigh"])})",
                        $"{row["rocAuc"][..5]} ({row["rocAucLow"][..5]}–{row["rocAucHigh"][..5]})",
                        row["logLoss"],
                    }
                )
            )
                + $"\nTrained on {rows[0]["trainedOn"]}, threshold {rows[0]["threshold"]}; used for choosing: {rows[0]["usedForChoosing"]}"
                + $". {rows[0]["machine"]}.\n",
            "mlnet-speed" or "serving" or "watch" => Lines(
                ["What", "Measured", "Asked for"],
                rows.Select(row => new[] { row["what"], Cost(row), row["promise"] })
            ) + $"\n{rows[0]["machine"]}.\n",
            "tuning" => Lines(
                [
                    "Trial",
                    "Recipe",
                    "Trained on",
                    "voc2007 dev",
                    "pool dev",
                    "int8, voc2007 dev",
                    "int8, pool dev",
                    "int8",
                    "Pictures a second",
                    "Hours",
                ],
                rows.Select(row =>
                    (string[])
                        [
                            row["trial"],
                            $"`{row["recipe"]}`: {row["options"]}",
                            row["training_pictures"],
                            $"{Percent(row["voc_dev_accuracy"])} / {row["voc_dev_auc"][..5]}",
                            $"{Percent(row["pool_dev_accuracy"])} / {row["pool_dev_auc"][..5]}",
                            $"{Percent(row["int8_voc_dev_accuracy"])} / {row["int8_voc_dev_auc"][..5]}",
                            $"{Percent(row["int8_pool_dev_accuracy"])} / {row["int8_pool_dev_auc"][..5]}",
                            Invariant($"{Number(row["int8_bytes"]) / 1e6:0.00} MB"),
                            row["pictures_per_second"],
                            row["hours"],
                        ]
                )
            )
                + $"\nAccuracy in percent / ROC AUC. Used for choosing: {rows[0]["used_for_choosing"]}. Sums of integers: {Sums(rows)}. "
                + $"{rows[^1]["machine"]}.\n",
            "tuning-qat" => Lines(
                ["Package", "Integers", "Trained on", "Measured on", "Accuracy", "ROC AUC", "float", "Points", "p", "Minutes"],
                rows.Select(row =>
                    (string[])
                        [
                            row["package"],
                            row["method"],
                            row["pictures"] == "0" ? "" : $"{row["pictures"]} pictures, {row["epochs"]} times, rate {row["rate"]}",
                            $"{row["set"]} ({row["samples"]})",
                            $"{Percent(row["accuracy"])} %",
                            row["auc"][..5],
                            $"{Percent(row["floatAccuracy"])} % / {row["floatAuc"][..5]}",
                            Signed(Number(row["points"]), "0.00"),
                            row["p"],
                            row["minutes"],
                        ]
                )
            ) + $"\nSums of bytes are exact. {rows[0]["machine"]}.\n",
            "tuning-cost" => Lines(["What", "Measured", "Asked for"], rows.Select(row => new[] { row["what"], Cost(row), row["promise"] }))
                + $"\n{rows[0]["machine"]}.\n",
            "boxes" => Lines(
                ["Pictures", "Detector", "AP50", "AP", "small / medium / large", "Recall at 0.1", "Miss rate", "Any box: accuracy, AUC"],
                rows.OrderByDescending(row => row["dataset"])
                    .Select(row =>
                        new[]
                        {
                            $"{row["dataset"]} ({row["pictures"]}, {row["persons"]} persons)",
                            $"{row["detector"]} `{row["encoding"]}`",
                            $"{Number(row["ap50"]):0.000} ({Number(row["ap50Low"]):0.000}–{Number(row["ap50High"]):0.000})",
                            $"{Number(row["ap"]):0.000}",
                            $"{Number(row["apSmall"]):0.00} / {Number(row["apMedium"]):0.00} / {Number(row["apLarge"]):0.00}",
                            $"{Number(row["recallAtTenth"]):0.000}",
                            $"{Number(row["missRate"]):0.000}",
                            $"{Percent(row["anyBoxAccuracy"])} %, {Number(row["anyBoxAuc"]):0.000}",
                        }
                    )
            ) + $"\n320 × 320 pixels. {rows[0]["machine"]}.\n",
            "boxes-products" => Lines(
                ["Recipe", "Person only", "All 91 classes", "Fewer products", "Asked for"],
                rows.OrderByDescending(row => Number(row["side"]))
                    .Select(row =>
                        new[]
                        {
                            $"`{row["recipe"]}`",
                            $"{Number(row["personMacs"]) / 1e6:0} M",
                            $"{Number(row["allClassesMacs"]) / 1e6:0} M",
                            $"{Percent(row["fewer"])} %",
                            row["promise"],
                        }
                    )
            ),
            "boxes-small" => Lines(
                ["Training", "Pictures", "Persons", "AP50", "small / medium / large"],
                rows.Select(row =>
                    new[]
                    {
                        row["training"],
                        row["pictures"],
                        row["persons"],
                        $"{Number(row["ap50"]):0.000} ({Number(row["ap50Low"]):0.000}–{Number(row["ap50High"]):0.000})",
                        $"{Number(row["apSmall"]):0.00} / {Number(row["apMedium"]):0.00} / {Number(row["apLarge"]):0.00}",
                    }
                )
            ) + $"\nMeasured on {rows[0]["measuredOn"]}. {rows[0]["machine"]}.\n",
            "boxes-time" => Lines(
                ["Encoding", "Classifier `accurate`", "Detector", "without suppression", "Ratio", "Asked for"],
                rows.Select(row =>
                    new[]
                    {
                        $"`{row["encoding"]}`",
                        $"{row["accurateMs"]} ms",
                        $"{row["detectorMs"]} ms",
                        $"{row["detectorWithoutSuppressionMs"]} ms",
                        row["ratio"],
                        row["promise"],
                    }
                )
            ) + $"\n320 × 320, one thread, in turns. {rows[0]["machine"]}.\n",
            "boxes-nms" => Lines(
                ["Pictures", "Score above", "IoU 0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "Boxes to compare", "Kept"],
                rows.GroupBy(row => (row["dataset"], row["scoreThreshold"]))
                    .Select(group =>
                        new[] { $"{group.Key.Item1} ({group.First()["pictures"]})", group.Key.Item2 }
                            .Concat(
                                new[] { "0.3", "0.4", "0.5", "0.6", "0.7", "0.8" }.Select(iou =>
                                    $"{Number(group.First(row => row["iouThreshold"] == iou)["value"]):0.000}"
                                )
                            )
                            .Append(group.First()["candidatesPerPicture"])
                            .Append(group.FirstOrDefault(row => row["chosen"] == "1") is { } kept ? $"IoU {kept["iouThreshold"]}" : "")
                            .ToArray()
                    )
            ) + $"\nAP50 of the published detector. {rows[0]["machine"]}.\n",
            _ => throw new ArgumentException($"There is no table '{name}'."),
        };
    }

    /// <summary>"exact in t1, t3; as this processor adds them in t2".</summary>
    private static string Sums(List<Dictionary<string, string>> rows) =>
        string.Join(
            "; ",
            rows.GroupBy(row => row["int8_sums"]).Select(sums => $"{sums.Key} in {string.Join(", ", sums.Select(row => row["trial"]))}")
        );

    private static string Estimate(PublishedTiming timing)
    {
        var estimate = FrameRateEstimator.Estimate(
            timing.Board,
            timing.Numbers == "int8" ? "int8" : "float32",
            (long)(timing.MillionMacs * 1e6)
        );
        return Invariant($"{estimate.LowMilliseconds:0.0} to {estimate.HighMilliseconds:0.0} ms");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Cost(IReadOnlyDictionary<string, string> row)
    {
        var value = Number(row["value"]);
        var digits = value.ToString(
            value >= 100 ? "0"
                : value >= 10 ? "0.0"
                : "0.00",
            CultureInfo.InvariantCulture
        );
        return $"{digits} {(row["unit"] == "ratio" ? "" : row["unit"])}".Trim();
    }

    private static string Cost(IReadOnlyDictionary<string, string> row, string small) =>
        row["unit"].Length > 0
            ? Cost(row)
            : Number(row["value"]).ToString(Number(row["value"]) >= 10 ? "0" : small, CultureInfo.InvariantCulture);

    private static string Rate(IReadOnlyDictionary<string, string> row, string name) =>
        row[name].Length == 0 ? "" : $"{row[name][..5]} ({row[name + "Low"][..5]}–{row[name + "High"][..5]})";

    private static string Gap(IReadOnlyDictionary<string, string> row, string name, string rate) =>
        rate.Length == 0 ? ""
        : row[name].Length == 0 ? "best"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{Number(row[name]):0.000} ({Number(row[name + "Low"]):0.000}–{Number(row[name + "High"]):0.000})"
        );

    /// <summary>Rows of one size and encoding, which differ by seed.</summary>
    private static List<List<Dictionary<string, string>>> Groups(List<Dictionary<string, string>> rows) =>
        [.. rows.GroupBy(row => (row["width"], row["encoding"])).Select(group => group.ToList())];

    private static double Mean(List<Dictionary<string, string>> rows, string column) => rows.Average(row => Number(row[column]));

    private static string Signed(double value, string format) =>
        value.ToString($"+{format};−{format};{format}", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Percent(string text) => (Number(text) * 100).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Lines(string[] header, IEnumerable<string[]> rows) =>
        $"| {string.Join(" | ", header)} |\n|{string.Concat(header.Select(_ => "---|"))}\n"
        + $"{string.Concat(rows.Select(row => $"| {string.Join(" | ", row)} |\n"))}";

    private static List<Dictionary<string, string>> Read(string name)
    {
        using var csv = new CsvReader(new StreamReader(Repository.At($"models/results/{name}.csv")), CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        List<Dictionary<string, string>> rows = [];
        while (csv.Read())
        {
            rows.Add(csv.HeaderRecord!.ToDictionary(column => column, column => csv.GetField(column)!));
        }

        return rows;
    }
}
