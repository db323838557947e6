using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Benchmarks.Boxes;

/// <summary>What it does to leave small persons out of the fit, by their pixels at the input's size: the finding of the chapter on
/// low-power
/// vision, measured.</summary>
internal static class SmallBoxesBenchmark
{
    private static readonly (string Name, double Side)[] Rules =
    [
        ("all boxes", 0),
        ("boxes of 16 x 16 pixels and more", 16),
        ("boxes of 32 x 32 pixels and more", 32),
    ];

    /// <summary>Fits on voc2007's and pool's train splits with and without small boxes, and measures on voc2007's dev split.</summary>
    public static void Run(string[] arguments)
    {
        var count = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1500;
        var input = new ImageSpec(320, 320);
        var network = BoxesBenchmark.Network(input);
        var fit = new HeadFitOptions();
        var training = BoxData.Some(BoxData.Thinned(BoxData.Both("train")), count);
        var dev = BoxData.Voc("dev");
        var trainingRows = HeadRows.Gather(network, training.Pictures, new ImageLimits(), new List<SkippedSample>());
        var devRows = HeadRows.Gather(network, dev.Pictures, new ImageLimits(), new List<SkippedSample>());
        var suppression = new SuppressionOptions(fit.IouThreshold, 0);
        Measure("not fitted: as published", 0, 0, row => row.Logit);
        foreach (var (name, side) in Rules)
        {
            // Small persons are ignored, and pictures that have no others are left out.
            bool IsSmall(BoxedPicture picture, TruthBox box) =>
                box.Area * input.Width * input.Height / ((double)picture.Width * picture.Height) < side * side;
            List<(BoxedPicture Picture, PictureRows? Rows)> used = [];
            for (var i = 0; i < training.Pictures.Length; i++)
            {
                var picture = training.Pictures[i];
                if (picture.Truth.Length > 0 && picture.Truth.All(box => IsSmall(picture, box)))
                {
                    continue;
                }

                used.Add(
                    (
                        picture with
                        {
                            Truth = [.. picture.Truth.Select(box => IsSmall(picture, box) ? box with { Role = BoxRole.Difficult } : box)],
                        },
                        trainingRows[i]
                    )
                );
            }

            var judged = HeadFitter.Judge(
                [.. used.Select(one => one.Rows)],
                [.. used.Select(one => one.Picture)],
                input,
                row => row.Logit,
                suppression
            );
            var head = HeadFitter.Fit(network, judged, fit);
            Measure(
                $"fitted on {name}",
                used.Count,
                used.Sum(one => one.Picture.Truth.Count(box => box.Role == BoxRole.Person)),
                row => head.Logit(row)
            );
        }

        void Measure(string name, int pictures, int persons, Func<HeadRow, double> logit)
        {
            var report = DetectionEvaluator.Evaluate(
                Candidates.Judge([.. devRows.Select(rows => rows?.Candidates(logit))], dev.Pictures, input, suppression)
            );
            BoxesBenchmark.Replace(
                "boxes-small.csv",
                "training,pictures,persons,ap50,ap50Low,ap50High,apSmall,apMedium,apLarge,measuredOn,machine",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name},{pictures},{persons},{report.Ap50.Value:0.0000},{report.Ap50.Interval.Low:0.0000},"
                )
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $"{report.Ap50.Interval.High:0.0000},{report.ApSmall.Value:0.0000},{report.ApMedium.Value:0.0000},"
                    )
                    + string.Create(CultureInfo.InvariantCulture, $"{report.ApLarge.Value:0.0000},voc2007 dev,\"{Machine.Text}\""),
                1
            );
        }
    }
}
