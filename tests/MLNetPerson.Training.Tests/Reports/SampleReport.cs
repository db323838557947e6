using System.Collections.Immutable;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Reports;

namespace MLNetPerson.Training.Tests.Reports;

/// <summary>A report with every part, of drawn pictures and drawn answers.</summary>
internal static class SampleReport
{
    public const int Samples = 400;
    public const double Threshold = 0.4371;

    /// <summary>Answers of a fair model: right more often the surer it is.</summary>
    public static (double[] Probabilities, bool[] Labels) Answers(int count = Samples, int seed = 3)
    {
        var random = new Random(seed);
        double[] probabilities =
        [
            .. Enumerable.Range(0, count).Select(_ => 1 / (1 + Math.Exp(-8 * (random.NextDouble() - 0.5) - random.NextDouble()))),
        ];
        return (probabilities, [.. probabilities.Select(probability => random.NextDouble() < probability)]);
    }

    public static Report Whole(string name = "street.jpg")
    {
        var (probabilities, labels) = Answers();
        bool[] decisions = [.. probabilities.Select(probability => probability >= Threshold)];
        string[] places = ["indoors", "outdoors", "on a very long street with trees on both sides of it"];
        return new Report
        {
            Title = "drawn: is there a person in the picture?",
            Lead = "Of 400 answers some are right.",
            Evaluation = new ReportEvaluation(
                Evaluator.Evaluate(probabilities, labels, Threshold),
                [.. probabilities],
                [.. labels],
                "drawn, and held out"
            ),
            Encodings =
            [
                Encoding("int8", 1_240_000, 2.1),
                Encoding("int8-portable", 1_240_000, 2.1),
                Encoding("fp16", 1_770_000, 1.0),
                Encoding("weights8", 1_010_000, 1.0),
            ],
            Refused = [new RefusedEncoding("int4", "It loses 3 points, 0.5 are allowed.")],
            Slices =
            [
                .. SliceEvaluator.Evaluate(
                    "place",
                    [.. Enumerable.Range(0, Samples).Select(i => places[i * 7 % 3])],
                    labels,
                    [.. decisions.Select((decision, i) => i * 7 % 3 != 1 && decision)]
                ),
            ],
            Mistakes = new ReportMistakes(
                [.. Enumerable.Range(0, 7).Select(i => Picture($"{i}/{name}", i))],
                7,
                [.. Enumerable.Range(7, 12).Select(i => Picture($"{i}/{name}", i))],
                31,
                "What the model looked at."
            ),
            Findings = new ReportFindings(
                "Some checks.",
                [
                    Check("copies", FindingKind.NearDuplicate, 5, name),
                    Check("labels", FindingKind.LabelNoise, 30, name),
                    new CheckResult("dark", "mean grey", []),
                ],
                Enumerable.Range(0, 5).Select(i => Picture($"{i}/{name}", i)).ToImmutableDictionary(picture => picture.File)
            ),
            Provenance =
            [
                new ReportFact("Seed", "17"),
                new ReportFact("Hash", new string('a', 64)),
                new ReportFact("Machine", "a machine with a long description (x64: avx2, avx512f, avx512_vnni, avx_vnni), 2 cores"),
            ],
            Recipe =
                "{ \"name\": \"drawn\", \"description\": \"a line that is longer than any telephone is wide, so that it has to be scrolled "
                + "by itself\" }",
        };
    }

    public static ReportPicture Picture(string file, int seed)
    {
        var (photo, heat) = (
            ImageWriter.EncodeJpeg(CuratedPictures.Drawn(seed, seed % 4)),
            ImageWriter.EncodeJpeg(CuratedPictures.Drawn(seed + 1, seed % 4))
        );
        return new ReportPicture(file, 0.01 * seed, [.. photo], [.. heat]);
    }

    public static CheckResult Check(string name, FindingKind kind, int count, string file) =>
        new(
            name,
            "every pair of pictures, by their hashes",
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i => new Finding
                    {
                        Kind = kind,
                        File = $"{i}/{file}",
                        Action = CurationAction.Review,
                        Score = 0.5,
                        Why = "it looks like another one",
                        Related = ["a.jpg", "b.jpg"],
                    }),
            ]
        );

    private static EncodingReport Encoding(string name, long bytes, double speed) =>
        new()
        {
            Encoding = name,
            Bytes = bytes,
            FloatBytes = 3_430_000,
            Source = EncodingReport.HeldOut,
            Samples = 400,
            Accuracy = new PackageMetric(0.921, 0.9, 0.94),
            FloatAccuracy = new PackageMetric(0.925, 0.9, 0.94),
            RocAuc = new PackageMetric(0.97, 0.96, 0.98),
            FloatRocAuc = new PackageMetric(0.971, 0.96, 0.98),
            Lost = 3,
            Gained = 2,
            PValue = 1,
            MeanProbabilityDifference = 0.01,
            LargestProbabilityDifference = 0.2,
            Latency = [new LatencyReport(1, 3 / speed, 4 / speed, 3, 4)],
            IntegerNodes = ImmutableSortedDictionary<string, int>.Empty,
            FloatNodes = ImmutableSortedDictionary<string, int>.Empty,
            LeftInFloat = [],
            WorstTensors = [],
            Recovery = ["biases corrected"],
            Machine = "here",
            Key = "key",
        };
}
