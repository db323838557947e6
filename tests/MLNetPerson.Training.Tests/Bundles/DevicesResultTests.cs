using MLNetPerson.Packaging;
using MLNetPerson.Testing;

namespace MLNetPerson.Training.Tests.Bundles;

/// <summary>models/results/devices.csv, which the benchmark verb "devices" writes: one bundle on three kinds of processor.</summary>
public sealed class DevicesResultTests
{
    private static List<Dictionary<string, string>> Rows
    {
        get
        {
            var lines = File.ReadAllLines(Repository.At("models/results/devices.csv"));
            var names = lines[0].Split(',');
            return [.. lines.Skip(1).Select(line => names.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second))];
        }
    }

    [Fact]
    public void Arm_avx2_and_vnni_decide_alike_on_every_golden_picture_within_the_tolerance()
    {
        var meant = Rows.Where(row => row["meantForIt"] == "1").ToList();

        Assert.Equal(3, meant.Select(row => row["processor"]).Distinct().Count());
        Assert.All(meant, row => Assert.True(row["within"] == "1" && row["decisionRight"] == "1", string.Join(',', row.Values)));
        Assert.All(
            meant.GroupBy(row => (row["encoding"], row["test"])),
            group => Assert.Single(group.Select(row => row["decision"]).Distinct())
        );
        Assert.All(
            meant.GroupBy(row => row["test"]),
            group => Assert.Single(group.Where(row => row["encoding"] == row["chosenThere"]).Select(row => row["decision"]).Distinct())
        );
    }

    [Fact]
    public void They_are_of_the_package_that_is_here_now()
    {
        var goldens = ModelPackage.Open(Repository.At("models/person")).Manifest.Goldens;

        Assert.All(
            Rows,
            row =>
                Assert.Equal(
                    goldens
                        .Single(golden => Path.GetFileNameWithoutExtension(golden.File) == row["test"])
                        .Probabilities[row["encoding"]]
                        .ToString("0.000000", System.Globalization.CultureInfo.InvariantCulture),
                    row["expected"]
                )
        );
    }
}
