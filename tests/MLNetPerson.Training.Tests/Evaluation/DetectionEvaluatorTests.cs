using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Tests.Evaluation;

/// <summary>Average precision against pycocotools' published numbers, against plain arithmetic, and as an invariant.</summary>
public sealed class DetectionEvaluatorTests
{
    /// <summary>The published numbers have three decimals.</summary>
    private const double Rounded = 0.00051;

    /// <summary>
    /// Five classes of four COCO pictures with the official "fake" detections (cocoapi,
    /// results/instances_val2014_fakebbox100_results.json) and
    /// what pycocotools says of each: AP over the overlaps 0.5 to 0.95. Inputs and numbers: torchmetrics 0.10,
    /// tests/unittests/detection/test_map.py. Boxes are left, top, right, bottom.
    /// </summary>
    private static readonly (double Ap, JudgedBoxes[] Pictures)[] Classes =
    [
        (
            0.725,
            [
                Picture(
                    [
                        [295.55, 93.96, 313.97, 152.79],
                        [326.94, 97.05, 340.49, 122.98],
                        [356.62, 95.47, 372.33, 147.55],
                        [462.08, 105.09, 493.74, 146.99],
                        [277.11, 103.84, 292.44, 150.72],
                    ],
                    [
                        [0.407, 296.55, 93.96, 314.97, 152.79],
                        [0.611, 328.94, 97.05, 342.49, 122.98],
                        [0.335, 356.62, 95.47, 372.33, 147.55],
                        [0.805, 464.08, 105.09, 495.74, 146.99],
                        [0.953, 276.11, 103.84, 291.44, 150.72],
                    ]
                ),
            ]
        ),
        (
            0.8,
            [
                Picture(
                    [
                        [2.75, 3.66, 162.15, 316.06],
                    ],
                    [
                        [0.3, 0, 3.66, 142.15, 316.06],
                    ]
                ),
            ]
        ),
        (
            0.454,
            [
                Picture(
                    [
                        [13, 22.75, 548.98, 632.42],
                        [1.66, 3.32, 270.26, 275.23],
                    ],
                    [
                        [0.726, 12.66, 3.32, 281.26, 275.23],
                    ]
                ),
            ]
        ),
        (
            0.65,
            [
                Picture(
                    [
                        [214.15, 41.29, 562.41, 285.07],
                    ],
                    [
                        [0.236, 258.15, 41.29, 606.41, 285.07],
                    ]
                ),
                Picture(
                    [
                        [61.87, 276.25, 358.29, 379.43],
                    ],
                    [
                        [0.546, 87.87, 276.25, 384.29, 379.43],
                    ]
                ),
            ]
        ),
        (
            0.9,
            [
                Picture(
                    [
                        [13.99, 2.87, 640, 421.52],
                    ],
                    [
                        [0.699, 0, 2.87, 601, 421.52],
                    ]
                ),
            ]
        ),
    ];

    [Fact]
    public void Average_precision_is_what_pycocotools_says_class_by_class()
    {
        foreach (var (ap, pictures) in Classes)
        {
            Assert.Equal(ap, DetectionEvaluator.Evaluate(pictures).Ap.Value, Rounded);
        }
    }

    [Fact]
    public void The_means_over_the_classes_are_what_pycocotools_says()
    {
        List<DetectionReport> reports = [.. Classes.Select(one => DetectionEvaluator.Evaluate(one.Pictures))];
        double Mean(Func<DetectionReport, Estimate> metric) =>
            reports.Select(metric).Select(one => one.Value).Where(double.IsFinite).Average();

        Assert.Equal(0.706, Mean(report => report.Ap), Rounded);
        Assert.Equal(0.901, Mean(report => report.Ap50), Rounded);
        Assert.Equal(0.846, Mean(report => report.Ap75), Rounded);
        Assert.Equal(0.689, Mean(report => report.ApSmall), Rounded);
        Assert.Equal(0.800, Mean(report => report.ApMedium), Rounded);
        Assert.Equal(0.701, Mean(report => report.ApLarge), Rounded);
    }

    [Fact]
    public void A_second_box_on_one_person_is_wrong_and_boxes_on_ignored_persons_count_nowhere()
    {
        var truth = new TruthBox(0, 0, 100, 100);
        FoundBox Box(double probability, double left) => new(probability, left, 0, 100, 100);
        double Ap50(params TruthBox[] all) =>
            DetectionEvaluator.Evaluate([new JudgedBoxes([.. all], [Box(0.9, 300), Box(0.8, 300), Box(0.7, 0)])]).Ap50.Value;

        // The boxes at 300 are two false ones before the right one …
        Assert.Equal(1 / 3.0, Ap50(truth), 1e-9);
        // … and none where a difficult person or a crowd is there: both may have several boxes.
        Assert.Equal(1, Ap50(truth, new TruthBox(300, 0, 100, 100, BoxRole.Difficult)), 1e-9);
        Assert.Equal(1, Ap50(truth, new TruthBox(250, 0, 500, 100, BoxRole.Crowd)), 1e-9);
        // A person that is to be found takes one of them; the other is wrong.
        Assert.Equal(((51 * 1.0) + (50 * (2 / 3.0))) / 101, Ap50(truth, new TruthBox(300, 0, 100, 100)), 1e-9);
    }

    [Fact]
    public void A_box_in_a_crowd_is_judged_by_its_own_area()
    {
        var crowd = new TruthBox(0, 0, 400, 400, BoxRole.Crowd);

        Assert.Equal(1, new FoundBox(0.5, 10, 10, 40, 40).Overlap(crowd));
        Assert.Equal(0.01, new FoundBox(0.5, 10, 10, 40, 40).Overlap(crowd with { Role = BoxRole.Person }), 1e-12);
    }

    [Fact]
    public void Recall_and_the_log_average_miss_rate_are_those_of_a_plain_count()
    {
        // 10 pictures, one person each; pictures 0 to 5 have a right box, 6 to 9 a wrong one; probabilities fall with the index.
        JudgedBoxes[] pictures =
        [
            .. Enumerable
                .Range(0, 10)
                .Select(i => new JudgedBoxes([new TruthBox(0, 0, 50, 50)], [new FoundBox(0.99 - (0.01 * i), i < 6 ? 0 : 200, 0, 50, 50)])),
        ];

        var report = DetectionEvaluator.Evaluate(pictures, new DetectionOptions { FalsePerPicture = 0.1 });

        Assert.Equal(0.6, report.Recall.Value, 1e-9);
        Assert.Equal(0.93, report.RecallThreshold, 1e-9); // the first wrong box is the tenth of a box per picture that is allowed
        Assert.Equal(0.4, report.LogAverageMissRate.Value, 1e-9); // missed at every rate: no right box comes after a wrong one
    }

    [Fact]
    public void Intervals_hold_the_value_and_the_same_seed_gives_the_same_ones()
    {
        var random = new Random(5);
        JudgedBoxes[] pictures =
        [
            .. Enumerable
                .Range(0, 60)
                .Select(_ => new JudgedBoxes(
                    [new TruthBox(20, 20, 60, 60)],
                    [
                        new FoundBox(random.NextDouble(), 20 + (40 * random.NextDouble()), 20, 60, 60),
                        new FoundBox(random.NextDouble(), 200, 0, 30, 30),
                    ]
                )),
        ];

        var (one, two) = (DetectionEvaluator.Evaluate(pictures), DetectionEvaluator.Evaluate(pictures));

        Assert.Equal(one.Ap50, two.Ap50);
        Assert.InRange(one.Ap50.Value, one.Ap50.Interval.Low, one.Ap50.Interval.High);
        Assert.True(one.Ap50.Interval.High - one.Ap50.Interval.Low is > 0.02 and < 0.5);
        Assert.Equal(one.Ap50.Value, DetectionEvaluator.Ap50(pictures), 1e-12);
    }

    [Fact]
    public void Precision_never_grows_with_recall_and_AP50_is_its_mean()
    {
        var report = DetectionEvaluator.Evaluate([.. Classes.SelectMany(one => one.Pictures)]);

        Assert.Equal(101, report.Precision.Length);
        Assert.All(report.Precision.Zip(report.Precision.Skip(1)), pair => Assert.True(pair.First >= pair.Second));
        Assert.Equal(report.Ap50.Value, report.Precision.Average(), 1e-12);
    }

    [Fact]
    public void Pictures_without_a_person_only_have_false_boxes()
    {
        var report = DetectionEvaluator.Evaluate([new JudgedBoxes([], [new FoundBox(0.9, 0, 0, 10, 10)])]);

        Assert.True(double.IsNaN(report.Ap50.Value));
        Assert.Equal((0, 1), (report.Persons, report.Found));
    }

    [Fact]
    public void A_coordinate_that_is_not_a_number_is_refused()
    {
        var exception = Assert.Throws<ArgumentException>(() =>
            DetectionEvaluator.Evaluate([new JudgedBoxes([], [new FoundBox(0.5, double.NaN, 0, 10, 10)])])
        );

        Assert.StartsWith("A box of picture 0 has a coordinate or a probability that is not a number.", exception.Message);
    }

    [Fact]
    public void Options_that_are_out_of_range_are_told_together()
    {
        var exception = Assert.Throws<ArgumentException>(() =>
            DetectionEvaluator.Evaluate([], new DetectionOptions { FalsePerPicture = 0, MostBoxes = 0 })
        );

        Assert.StartsWith(
            "Options of the evaluation have a fault: 0 false boxes per picture are not above 0; 0 boxes a picture are below 1.",
            exception.Message
        );
    }

    private static JudgedBoxes Picture(double[][] truth, double[][] found) =>
        new(
            [.. truth.Select(box => new TruthBox(box[0], box[1], box[2] - box[0], box[3] - box[1]))],
            [.. found.Select(box => new FoundBox(box[0], box[1], box[2], box[3] - box[1], box[4] - box[2]))]
        );
}
