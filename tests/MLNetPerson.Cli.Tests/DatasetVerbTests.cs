using MLNetPerson.Files;
using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

/// <summary>What users have in their folders, and what they type: one sentence and exit code 1, or it is done and told.</summary>
public sealed class DatasetVerbTests(CliFixture world) : IClassFixture<CliFixture>
{
    private const string NotForUsers = "should not have happened";

    public static TheoryData<string[]> VerbsWithACache =>
        [
            ["retrain", "{pictures}", "--recipe", "{recipe}", "--out", "{out}"],
            ["curate", "check", "{pictures}", "--recipe", "{recipe}", "--out", "{out}"],
            ["curate", "next", "{pictures}", "--package", "{package}", "--out", "{out}.html"],
            ["bench", "--sizes", "32", "--recipe", "{recipe}", "--data", "{pictures}"],
            ["demo", "--out", "{out}"],
        ];

    [SkippableTheory, MemberData(nameof(VerbsWithACache))]
    public void Without_a_home_one_sentence_says_what_to_set(string[] arguments)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "other systems know the home without the environment");
        using var folder = new TempFolder();
        var outcome = world.Cli.Run(
            [.. arguments.Select(argument => Fill(argument, folder))],
            null,
            new()
            {
                [CacheFolder.Variable] = "",
                ["XDG_CACHE_HOME"] = "",
                ["HOME"] = "/nonexistent",
            }
        );

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(CacheFolder.Variable, outcome.Error);
        Assert.DoesNotContain(NotForUsers, outcome.Error);
        Assert.DoesNotContain("   at ", outcome.Error);
    }

    public static TheoryData<string[]> SlipsOfUsers =>
        [
            ["retrain", "{pictures}", "--recipe", "{recipe}", "--out", ""],
            ["retrain", "{pictures}", "--recipe", "{recipe}", "--out", "{out}", "--max-bad", "-1"],
            ["retrain", "", "--out", "{out}"],
            ["retrain", "{pictures}", "--recipe", "{recipe}", "--out", "{recipe}/below"],
            ["retrain", "{pictures}", "--recipe", "{recipe}", "--out", "{out}", "--root", "/tmp"],
            ["retrain", "{recipe}", "--out", "{out}"],
            ["evaluate", "{package}", "{pictures}", "--report", ""],
            ["quantize", "{package}", "{pictures}", "--calibration", "-1"],
            ["export", "{package}", "--for", "linux-arm64", "--out", ""],
            ["predict", "person", ""],
            ["predict", "{package}", "{pictures}", "--explain", ""],
            ["curate", "import", "a={pictures}", "--out", "{out}", "--quota", "a=1", "--quota", "a=2"],
            ["curate", "import", "a={pictures}", "--out", ""],
            ["curate", "check", "{pictures}", "--recipe", "{recipe}", "--out", "{out}", "--sheet", "-1"],
            ["curate", "split", "{pictures}", "--recipe", "{recipe}", "--out", ""],
            ["curate", "card", "{pictures}", "--out", ""],
            ["curate", "next", "{pictures}", "--package", "{package}", "--out", ""],
        ];

    [Theory, MemberData(nameof(SlipsOfUsers))]
    public void A_slip_of_the_user_is_one_sentence_and_exit_code_1(string[] arguments)
    {
        using var folder = new TempFolder();

        var outcome = world.Cli.Run([.. arguments.Select(argument => Fill(argument, folder))]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.NotEqual("", outcome.Error.Trim());
        Assert.DoesNotContain(NotForUsers, outcome.Error);
    }

    [Fact]
    public void A_folder_of_pictures_does_not_hide_the_ready_model()
    {
        using var folder = new TempFolder();
        folder.Write("person/a.jpg", "x");

        var outcome = ProcessRunner.Run(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "MLNetPerson.Cli.dll"), "inspect", "person"],
            folder: folder.Path
        );

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.ExitCode == 0 ? "" : outcome.Error));
    }

    [Fact]
    public void What_predict_passes_over_is_told()
    {
        using var folder = new TempFolder();
        File.Copy(Directory.GetFiles(world.World.Pictures, "*.png", SearchOption.AllDirectories)[0], folder["a.png"]);
        folder.Write("IMG_1.CR2", "x");
        folder.Write(".hidden/b.png", "x");

        var outcome = world.Cli.Run("predict", world.World.PackagePath, folder.Path);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("passed over 1: hidden: '.hidden/'", outcome.Error);
        Assert.Contains("'IMG_1.CR2'", outcome.Error);
    }

    [Fact]
    public void A_picture_with_both_labels_is_refused_by_name()
    {
        using var folder = new TempFolder();
        TempFolder.Copy(world.World.Pictures, folder["set"]);
        File.Delete(folder["set/labels.csv"]);
        File.Copy(Directory.GetFiles(folder["set/person"], "*.png")[0], folder["set/none/copy.png"]);

        var outcome = world.Cli.Run("retrain", folder["set"], "--recipe", world.Recipe, "--out", folder["out"]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("The dataset has one picture with both labels: 'person/", outcome.Error);
        Assert.Contains("'none/copy.png' none.", outcome.Error);
    }

    [Fact]
    public void A_csv_beside_the_pictures_folder_is_read_by_a_root()
    {
        using var folder = new TempFolder();
        folder.Write("labels.csv", File.ReadAllText(world.Labels));

        var outcome = world.Cli.Run(
            "evaluate",
            world.World.PackagePath,
            folder["labels.csv"],
            "--root",
            world.World.Pictures,
            "--report",
            "none"
        );

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.ExitCode == 0 ? "" : outcome.Error));
    }

    private string Fill(string argument, TempFolder folder) =>
        argument
            .Replace("{pictures}", world.World.Pictures, StringComparison.Ordinal)
            .Replace("{recipe}", world.Recipe, StringComparison.Ordinal)
            .Replace("{package}", world.World.PackagePath, StringComparison.Ordinal)
            .Replace("{out}", folder["out"], StringComparison.Ordinal);
}
