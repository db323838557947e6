using System.CommandLine;
using MLNetPerson.Cli.Terminal;

namespace MLNetPerson.Cli.Tests;

/// <summary>What a newcomer reads first: every verb's help has examples, and they are true.</summary>
public sealed class HelpTests
{
    /// <summary>Examples that do not run here, with the reason.</summary>
    private static readonly Dictionary<string, string> NotRun = new()
    {
        ["mlnetperson demo"] = "fetches 155 MB",
        ["ffmpeg -loglevel error -i /dev/video0 -f rawvideo -pix_fmt rgb24 -s 640x480 - | mlnetperson watch my-model --raw 640x480 -"] =
            "needs a camera and ffmpeg; the other example is a stream of ten black frames",
        ["mlnetperson quantize my-model pictures/ --hold-out 0.2"] =
            "calibrates for half a minute; the other example is the same without integers, and VerbTests has those",
        ["mlnetperson bench my-model --sizes 96,128,160,192,224 --data pictures/ --encodings int8 --plot sizes.svg"] =
            "retrains at five sizes",
        ["mlnetperson detect make --out my-boxes"] = "fetches the backbone; DetectorMakerTests makes a detector where it is there",
        ["mlnetperson detect make pictures/boxes.csv --hold-out 0.2 --out my-boxes"] =
            "needs photographs with boxes; DetectorMakerTests has those",
        ["mlnetperson detect tune my-boxes pictures/boxes.csv --split train"] =
            "needs photographs with boxes; DetectTests tunes on drawings",
        ["mlnetperson bench my-model --threads 1 2 4"] = "measures for a minute; the other example is the same with less time",
    };

    public static TheoryData<string> Verbs => [.. Leaves(Program.Root(), "").Select(verb => verb.Path)];

    [Theory, MemberData(nameof(Verbs))]
    public void Every_verb_has_an_example_of_itself_that_parses(string path)
    {
        var examples = HelpText.Examples(Verb(path)).ToList();

        Assert.NotEmpty(examples);
        Assert.All(
            examples,
            example =>
            {
                Assert.Contains($"mlnetperson {path}", example);
                Assert.Empty(Program.Root().Parse(Words(example)).Errors);
            }
        );
    }

    [Theory, MemberData(nameof(Verbs))]
    public void Every_verbs_help_shows_its_examples_and_what_users_type(string path)
    {
        var text = Help(path.Split(' '));

        Assert.All(HelpText.Examples(Verb(path)), example => Assert.Contains($"Example: {example}\n", text));
        // The arguments of a verb that has verbs below it, detect's, stand between: System.CommandLine writes them there.
        Assert.Matches($"Usage:\n  mlnetperson {path.Replace(" ", " (.+ )?", StringComparison.Ordinal)}", text);
        Assert.DoesNotContain("MLNetPerson.Cli", text);
    }

    [Fact]
    public void A_list_of_verbs_has_no_examples()
    {
        Assert.DoesNotContain("Example:", Help());
        Assert.Contains("Usage:\n  mlnetperson [command] [options]\n", Help());
        Assert.Single(Help("curate").Split('\n'), line => line.Contains("Example:"));
    }

    [SkippableFact]
    public void The_examples_run_one_after_the_other()
    {
        Skip.If(OperatingSystem.IsWindows(), "the examples are lines for a Unix shell");
        using var world = new ExampleWorld();
        var examples = Leaves(Program.Root(), "")
            .SelectMany(verb => HelpText.Examples(verb.Command))
            .Where(example => !NotRun.ContainsKey(example))
            .ToList();

        Assert.InRange(examples.Count, 20, 100);
        Assert.All(
            examples,
            example =>
            {
                var outcome = world.Run(example);
                Assert.True(outcome.ExitCode == 0, $"{example} ended with {outcome.ExitCode}:\n{outcome.Error}{outcome.Output}");
            }
        );
    }

    private static IEnumerable<(Command Command, string Path)> Leaves(Command command, string path) =>
        command.Subcommands.Count == 0
            ? [(command, path)]
            : command.Subcommands.SelectMany(verb => Leaves(verb, $"{path} {verb.Name}".Trim()));

    private static Command Verb(string path) => Leaves(Program.Root(), "").Single(verb => verb.Path == path).Command;

    private static string Help(params string[] verb)
    {
        var text = new StringWriter();
        Assert.Equal(0, Program.Root().Parse([.. verb, "--help"]).Invoke(new InvocationConfiguration { Output = text }));
        return text.ToString().ReplaceLineEndings("\n").Replace(" \n", "\n");
    }

    /// <summary>The program's own words of a shell's line.</summary>
    private static string[] Words(string example) =>
        example[(example.IndexOf("mlnetperson ", StringComparison.Ordinal) + "mlnetperson ".Length)..]
            .Split(" > ")[0]
            .TrimEnd(')')
            .Split(' ');
}
