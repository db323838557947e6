using MLNetPerson.Testing;

namespace MLNetPerson.Training.Tests.Datasets;

public sealed class DemoPhotosTests
{
    private static readonly string[][] Rows =
    [
        .. File.ReadLines(Repository.At("models/demo/photos.csv")).Skip(1).Select(line => line.Split(',')),
    ];

    [Fact]
    public void There_are_some_350_photographs_of_both_kinds_in_both_splits()
    {
        Assert.InRange(Rows.Length, 330, 370);
        Assert.All(Rows.GroupBy(row => (Label: row[1], Split: row[2])), part => Assert.InRange(part.Count(), 30, 200));
        Assert.Equal(4, Rows.GroupBy(row => (row[1], row[2])).Count());
    }

    [Fact]
    public void No_group_and_no_package_is_on_both_sides()
    {
        Assert.All(Rows.GroupBy(row => row[3]), group => Assert.Single(group.Select(row => row[2]).Distinct()));
        Assert.All(Rows.GroupBy(row => row[4]), package => Assert.Single(package.Select(row => row[2]).Distinct()));
    }

    [Fact]
    public void No_picture_stands_there_twice()
    {
        Assert.Equal(Rows.Length, Rows.Select(row => row[8]).Distinct().Count());
        Assert.Equal(Rows.Length, Rows.Select(row => row[0]).Distinct().Count());
    }

    [Fact]
    public void Every_picture_has_a_free_licence_and_a_hash() =>
        Assert.All(
            Rows,
            row =>
            {
                Assert.Contains(row[7], new[] { "MIT", "Apache-2.0" });
                Assert.Matches("^[0-9a-f]{64}$", row[8]);
                Assert.DoesNotContain("..", row[0]);
            }
        );
}
