using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Curation.Checks;
using MLNetPerson.Training.Curation.Neighbours;
using MLNetPerson.Training.Curation.Pictures;

namespace MLNetPerson.Training.Tests.Curation;

public sealed class CheckTests
{
    [Fact]
    public void Unreadable_pictures_and_wrong_sizes_are_found()
    {
        var sample = CuratedPictures.Line(0, true).Sample;
        CuratedPicture[] pictures =
        [
            CuratedPictures.Line(1, true, null, null, ("width", "640"), ("height", "480")),
            CuratedPictures.Line(2, true, null, null, ("width", "480"), ("height", "640")),
        ];

        var findings = UnreadableCheck.Run([(sample, new ImageException(ImageFault.Damaged, "x", "cut short"))], pictures).Findings;

        Assert.Equal(
            [(FindingKind.Unreadable, "0.jpg", CurationAction.Remove, "cut short")],
            findings.Take(1).Select(finding => (finding.Kind, finding.File, finding.Action, finding.Why))
        );
        Assert.Equal(
            (FindingKind.WrongSize, "2.jpg", "the line says 480 x 640, the picture is 640 x 480 upright; its boxes do not fit it"),
            (findings[1].Kind, findings[1].File, findings[1].Why)
        );
    }

    [Fact]
    public void The_first_of_exact_duplicates_stays()
    {
        var findings = CopyChecks
            .Exact(
                Lines(4),
                [
                    new(1, 2, FindingKind.ExactDuplicate, 1),
                    new(1, 3, FindingKind.ExactDuplicate, 1),
                    new(0, 1, FindingKind.NearDuplicate, 0.9),
                ]
            )
            .Findings;

        Assert.Equal(["2.jpg", "3.jpg"], findings.Select(finding => finding.File));
        Assert.All(findings, finding => Assert.Equal((CurationAction.Remove, "1.jpg"), (finding.Action, finding.Related.Single())));
    }

    [Fact]
    public void Copies_join_one_group_with_those_of_their_groups()
    {
        CuratedPicture[] pictures =
        [
            CuratedPictures.Line(0, true),
            CuratedPictures.Line(1, true, null, "b"),
            CuratedPictures.Line(2, true, null, "a"),
            CuratedPictures.Line(3, true, null, "b"),
            CuratedPictures.Line(4, true),
        ];

        var findings = CopyChecks
            .Near(pictures, [new(0, 1, FindingKind.NearDuplicate, 0.9), new(1, 2, FindingKind.SameScene, 0.6)])
            .Findings;

        Assert.Equal(
            [("0.jpg", "", "a"), ("1.jpg", "b", "a"), ("3.jpg", "b", "a")],
            findings.Select(finding => (finding.File, finding.From, finding.To))
        );
        Assert.All(findings, finding => Assert.Equal(CurationAction.Group, finding.Action));
    }

    [Fact]
    public void Copies_with_different_labels_are_at_odds()
    {
        CuratedPicture[] pictures = [CuratedPictures.Line(0, true), CuratedPictures.Line(1, false), CuratedPictures.Line(2, true)];

        Assert.Equal(
            "labelled 0, its copy '0.jpg' 1: one of them is wrong",
            CopyChecks
                .Conflicts(
                    pictures,
                    [
                        new(0, 1, FindingKind.NearDuplicate, 0.9),
                        new(0, 2, FindingKind.NearDuplicate, 0.9),
                        new(1, 2, FindingKind.SameScene, 0.9),
                    ]
                )
                .Findings.Single()
                .Why
        );
    }

    [Fact]
    public void A_leak_costs_the_training_side_and_a_group_in_two_splits_is_one()
    {
        CuratedPicture[] pictures =
        [
            CuratedPictures.Line(0, true, "train"),
            CuratedPictures.Line(1, true, "test"),
            CuratedPictures.Line(2, true, "train", "g"),
            CuratedPictures.Line(3, true, "dev", "g"),
            CuratedPictures.Line(4, true, "train"),
            CuratedPictures.Line(5, true, "train"),
        ];

        var findings = CopyChecks
            .Leaks(pictures, [new(0, 1, FindingKind.NearDuplicate, 0.9), new(4, 5, FindingKind.NearDuplicate, 0.9)])
            .Findings;

        Assert.Equal(["2.jpg", "0.jpg"], findings.Select(finding => finding.File));
        Assert.Contains("(group 'g')", findings[0].Why);
        Assert.Equal(
            "in split 'train', but belongs with '1.jpg' in split 'test' (the same photograph): what is measured there was seen here",
            findings[1].Why
        );
    }

    [Fact]
    public void Odd_pictures_say_how()
    {
        PictureMeasures plain = CuratedPictures.Line(0, true).Measures;
        (FindingKind?, PictureMeasures)[] cases =
        [
            (null, plain),
            (FindingKind.Blurry, plain with { Blur = 0.9 }),
            (FindingKind.Dark, plain with { MeanGrey = 5 }),
            (FindingKind.Light, plain with { MeanGrey = 250 }),
            (FindingKind.Uniform, plain with { Contrast = 2, Blur = 1 }),
            (FindingKind.Tiny, plain with { Width = 60, Height = 50 }),
            (FindingKind.OddAspect, plain with { Width = 1000, Height = 200 }),
        ];

        Assert.All(
            cases,
            one =>
                Assert.Equal(
                    one.Item1,
                    OddCheck
                        .Run([new CuratedPicture(CuratedPictures.Line(0, true).Sample, one.Item2)], new CurationOptions())
                        .Findings.SingleOrDefault()
                        ?.Kind
                )
        );
    }

    [Fact]
    public void Imbalance_is_found_where_it_is()
    {
        var pictures = Enumerable
            .Range(0, 100)
            .Select(i => CuratedPictures.Line(i, i % 2 == 0, i < 50 ? "train" : "test", null, ("source", i % 2 == 0 || i == 1 ? "a" : "b")))
            .ToArray();

        var findings = BalanceCheck.Run(pictures, new CurationOptions()).Findings;

        Assert.Equal(
            [
                "source 'b' has 0 pictures with a person and 49 without: the rarer class makes up 0.0%",
                "source 'a' has 50 pictures with a person and 1 without: the rarer class makes up 2.0%",
            ],
            findings.Select(finding => finding.Why.Replace(" %", "%", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void An_attribute_that_tells_the_label_is_a_shortcut_and_noise_is_none()
    {
        var random = new Random(4);
        var pictures = Enumerable
            .Range(0, 400)
            .Select(i =>
            {
                var person = random.Next(2) == 0;
                return CuratedPictures.Line(
                    i,
                    person,
                    null,
                    null,
                    ("place", (random.Next(10) == 0) != person ? "indoors" : "outdoors"),
                    ("weekday", $"{random.Next(7)}"),
                    ("camera", $"serial {i}"),
                    ("tags", person ? "dog|sofa" : "car"),
                    ("temperature", $"{(person ? 20 : 5) + random.Next(10)}"),
                    ("max_person_area", person ? "0.5" : "0")
                );
            })
            .ToArray();

        var found = ShortcutCheck.Run(pictures, new CurationOptions()).Findings;

        Assert.Equal(
            ["place", "tags=(any)", "tags=car", "tags=dog", "tags=sofa", "temperature"],
            found
                .Select(finding => finding.Why.Split(" alone")[0])
                .Where(name => name != "tags=(any)")
                .Append("tags=(any)")
                .Order(StringComparer.Ordinal)
        );
        Assert.Contains("'indoors': ", found.Single(finding => finding.Why.StartsWith("place", StringComparison.Ordinal)).Why);
        Assert.All(found, finding => Assert.Equal(CurationAction.Review, finding.Action));
    }

    [Fact]
    public void Confident_learning_doubts_by_each_classs_own_standard()
    {
        // Of persons the head is less sure on average, so less is asked for to doubt a "none".
        double[] probabilities = [0.7, 0.6, 0.8, 0.05, 0.05, 0.1, 0.75, 0.4];
        bool[] labels = [true, true, true, true, false, false, false, false];

        Assert.Equal([false, false, false, true, false, false, true, false], ConfidentLearning.Doubtful(probabilities, labels));
        var (none, person) = ConfidentLearning.Thresholds(probabilities, labels);
        Assert.Equal((0.675, 0.5375), (none, person), new Near());
    }

    [Fact]
    public void A_label_with_a_box_behind_it_is_doubted_in_a_list_of_its_own()
    {
        CuratedPicture[] pictures =
        [
            CuratedPictures.Line(0, true, null, null, ("person_boxes", "1 1 5 5")),
            CuratedPictures.Line(1, false, null, null, ("person_boxes", "")),
            CuratedPictures.Line(2, true),
            CuratedPictures.Line(3, true),
        ];

        var findings = LabelNoiseCheck.Run(pictures, [0.01, 0.9, 0.2, 0.9], new bool[4]).Findings;

        Assert.Equal(
            [
                (FindingKind.LabelNoise, "1.jpg", "0", "1"),
                (FindingKind.LabelNoise, "2.jpg", "1", "0"),
                (FindingKind.UnseenPerson, "0.jpg", "", ""),
            ],
            findings.Select(finding => (finding.Kind, finding.File, finding.From, finding.To))
        );
    }

    [Fact]
    public void No_finding_depends_on_the_order_of_pairs()
    {
        var pictures = Lines(6);
        CopyPair[] pairs =
        [
            new(0, 1, FindingKind.NearDuplicate, 0.9),
            new(1, 2, FindingKind.SameScene, 0.6),
            new(4, 5, FindingKind.NearDuplicate, 0.8),
        ];

        Assert.Equal(
            CopyChecks.Near(pictures, pairs).Findings.Select(finding => finding.ToString()),
            CopyChecks.Near(pictures, [.. pairs.Reverse()]).Findings.Select(finding => finding.ToString())
        );
    }

    private static CuratedPicture[] Lines(int count) => [.. Enumerable.Range(0, count).Select(i => CuratedPictures.Line(i, true))];

    private sealed class Near : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) =>
            Math.Abs(x.Item1 - y.Item1) < 1e-9 && Math.Abs(x.Item2 - y.Item2) < 1e-9;

        public int GetHashCode((double, double) value) => 0;
    }
}
