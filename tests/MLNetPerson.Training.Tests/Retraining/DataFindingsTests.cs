using System.Collections.Immutable;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Training.Tests.Retraining;

public sealed class DataFindingsTests
{
    [Fact]
    public void Clean_pictures_give_no_findings() => Assert.Empty(DataFindings.Of(Set("a1 b0 c1"), Set("d1 e0")));

    [Fact]
    public void The_same_file_on_both_sides_is_a_leak()
    {
        var finding = Assert.Single(DataFindings.Of(Set("a1 b0 c1"), Set("d1 a1 e0")));

        Assert.Equal((FindingKind.SplitLeak, "0.jpg", "a"), (finding.Kind, finding.File, finding.Sha256));
        Assert.Equal("1.jpg", Assert.Single(finding.Related));
    }

    [Fact]
    public void The_same_file_twice_is_a_copy_and_with_two_labels_a_conflict() =>
        Assert.Equal(
            [FindingKind.LabelConflict, FindingKind.ExactDuplicate, FindingKind.ExactDuplicate],
            DataFindings.Of(Set("a1 a0 b1 c0 b1"), null).Select(finding => finding.Kind)
        );

    [Fact]
    public void A_class_that_is_rare_is_named()
    {
        var finding = Assert.Single(DataFindings.Of(Set("a1 b0 c0 d0 e0 f0"), null));

        Assert.Equal("of the 6 pictures trained on 1 show a person: numbers of the rarer kind are less certain", finding.Why);
    }

    [Fact]
    public void What_could_not_be_read_is_named()
    {
        var set = Set("a1 b0") with { Skipped = [new SkippedSample(Set("x1").Samples[0], "cut short")] };

        Assert.Equal(
            (FindingKind.Unreadable, "cut short"),
            (DataFindings.Of(set, null).Single().Kind, DataFindings.Of(set, null).Single().Why)
        );
    }

    /// <summary>Each word is a picture: its hash, and its label.</summary>
    private static FeatureSet Set(string words)
    {
        var all = words.Split(' ');
        ImmutableArray<Sample> samples =
        [
            .. all.Select(
                (word, i) =>
                    new Sample
                    {
                        File = $"{i}.jpg",
                        Path = $"/{i}.jpg",
                        IsPerson = word[1] == '1',
                    }
            ),
        ];
        return new FeatureSet(samples, new FeatureTable(all.Length, 1, new float[all.Length]), [.. all.Select(word => word[..1])], [], 0);
    }
}
