using MLNetPerson.Files;
using MLNetPerson.Testing;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Curation.Reviews;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Tests.Curation;

public sealed class ReviewTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Accepted_findings_make_a_new_csv_and_a_log_and_touch_nothing()
    {
        var dataset = Dataset();
        var before = _folder
            .Entries()
            .Where(entry => File.Exists(_folder[entry]))
            .ToDictionary(entry => entry, entry => Sha256Text.OfFile(_folder[entry]));
        ReviewFile.Write(
            _folder["review.csv"],
            [
                Found(FindingKind.ExactDuplicate, CurationAction.Remove, "a.jpg"),
                Found(FindingKind.LabelNoise, CurationAction.Relabel, "b.jpg", "0", "1") with
                {
                    Why = "commas, \"quotes\"\nand lines",
                },
                Found(FindingKind.SameScene, CurationAction.Group, "c.jpg", "", "g1") with
                {
                    Related = ["b.jpg", "d.jpg"],
                },
                Found(FindingKind.Dark, CurationAction.Remove, "d.jpg"),
                Found(FindingKind.Imbalance, CurationAction.Review, ""),
            ],
            [FindingKind.ExactDuplicate, FindingKind.LabelNoise, FindingKind.SameScene, FindingKind.Imbalance]
        );

        var accepted = ReviewFile.ReadAccepted(_folder["review.csv"]);
        var (after, changes) = ReviewApplier.Apply(dataset, "review.csv", accepted);
        CanonicalCsv.Write(_folder["new.csv"], after.Samples);

        Assert.Equal(["b.jpg", "d.jpg"], accepted[2].Finding.Related.ToArray());
        Assert.Equal(
            ["b.jpg,1,train,,,,,,,,rain", "c.jpg,1,train,g1,,,,,,,sun", "d.jpg,0,,old,,,,,,,sun"],
            File.ReadAllLines(_folder["new.csv"]).Skip(1)
        );
        Assert.Equal(
            [(2, "a.jpg", CurationAction.Remove), (4, "b.jpg", CurationAction.Relabel), (5, "c.jpg", CurationAction.Group)],
            changes.Select(change => (change.Line, change.File, change.Action))
        );
        Assert.All(before, file => Assert.Equal(file.Value, Sha256Text.OfFile(_folder[file.Key])));
        var log = ReviewApplier.Log(changes, [("new.csv", "abc")]);
        Assert.StartsWith(
            "review_line,action,file,from,to,finding,why\n2,Remove,a.jpg,,,ExactDuplicate,why\n4,Relabel,b.jpg,0,1,LabelNoise,\"commas, "
                + "\"\"quotes\"\"\nand lines\"\n",
            log
        );
        Assert.EndsWith(",Hash,new.csv,,abc,,\n", log);
        Assert.Equal(after.Samples.Length, DatasetReader.Read(_folder["new.csv"]).Samples.Length);
    }

    [Fact]
    public void Applying_again_gives_the_same_bytes()
    {
        var dataset = Dataset();
        ReviewFile.Write(
            _folder["review.csv"],
            [Found(FindingKind.LabelNoise, CurationAction.Relabel, "b.jpg", "0", "1")],
            [FindingKind.LabelNoise]
        );
        byte[] Run(string name)
        {
            CanonicalCsv.Write(
                _folder[name],
                ReviewApplier.Apply(dataset, "review.csv", ReviewFile.ReadAccepted(_folder["review.csv"])).Dataset.Samples
            );
            return File.ReadAllBytes(_folder[name]);
        }

        Assert.Equal(Run("one.csv"), Run("two.csv"));
    }

    [Theory]
    [InlineData(
        "y,LabelNoise,Relabel,b.jpg,1,0,1,w,,",
        "line 2: 'b.jpg' is labelled 0, the review says 1: the dataset changed. Check again"
    )]
    [InlineData("y,LabelNoise,Relabel,b.jpg,0,maybe,1,w,,", "line 2: the new label of 'b.jpg' is 'maybe', 1 or 0 is expected")]
    [InlineData("y,LabelNoise,Relabel,z.jpg,0,1,1,w,,", "line 2: 'z.jpg' is not in the dataset")]
    [InlineData(
        "y,Shortcut,Review,,,,1,w,,",
        "line 2: Shortcut can only be looked at: no program could do what it asks. Clear 'accept', or write Remove, Relabel or Group into "
            + "'action'"
    )]
    [InlineData(
        "y,SameScene,Group,d.jpg,,g,1,w,,",
        "line 2: 'd.jpg' is in group 'old', the review says '': the dataset changed. Check again"
    )]
    [InlineData("y,SameScene,Group,b.jpg,,,1,w,,", "line 2: 'b.jpg' is to join a group without a name")]
    [InlineData("y,Dark,Remove,b.jpg,,,1,w,,0000", "line 2: 'b.jpg' is not the picture that was checked any more. Check again")]
    [InlineData("maybe,Dark,Remove,b.jpg,,,1,w,,", "line 2: 'accept' is 'maybe'; y accepts, n or nothing does not")]
    [InlineData("y,Darkness,Remove,b.jpg,,,1,w,,", "line 2: finding 'Darkness' with action 'Remove' is unknown")]
    [InlineData("y,SameScene,Group,b.jpg,,g,1,w,,\ny,SameScene,Group,b.jpg,,h,1,w,,", "line 3: 'b.jpg' becomes 'h' here and 'g' in line 2")]
    [InlineData(
        "y,Dark,Remove,a.jpg,,,1,w,,\ny,Dark,Remove,b.jpg,,,1,w,,\ny,Dark,Remove,c.jpg,,,1,w,,\ny,Dark,Remove,d.jpg,,,1,w,,",
        "removes all 4 pictures of"
    )]
    public void A_review_that_does_not_fit_is_refused(string lines, string expected)
    {
        var path = _folder.Write("review.csv", "accept,finding,action,file,from,to,score,why,related,sha256\n" + lines + "\n");

        Assert.Contains(
            expected,
            Assert.Throws<DatasetException>(() => ReviewApplier.Apply(Dataset(), path, ReviewFile.ReadAccepted(path))).Message
        );
    }

    [Fact]
    public void A_csv_is_not_written_where_it_cannot_name_its_pictures()
    {
        using var elsewhere = new TempFolder();

        Assert.Equal(
            $"'{elsewhere["x.csv"]}' cannot list 'a.jpg', which does not lie below its folder. Write the CSV to '{_folder.Path}' or above.",
            Assert.Throws<DatasetException>(() => CanonicalCsv.Write(elsewhere["x.csv"], Dataset().Samples)).Message
        );
    }

    public void Dispose() => _folder.Dispose();

    private static Finding Found(FindingKind kind, CurationAction action, string file, string from = "", string to = "") =>
        new()
        {
            Kind = kind,
            Action = action,
            File = file,
            From = from,
            To = to,
            Score = 0.5,
            Why = "why",
        };

    private Dataset Dataset()
    {
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            _folder.Write(name + ".jpg", name);
        }

        return DatasetReader.Read(
            _folder.Write(
                "labels.csv",
                "file,label,split,group,weather\na.jpg,1,train,,rain\nb.jpg,0,train,,rain\nc.jpg,1,train,,sun\nd.jpg,0,,old,sun\n"
            )
        );
    }
}
