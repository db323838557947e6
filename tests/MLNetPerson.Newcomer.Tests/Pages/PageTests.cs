using System.Text.RegularExpressions;
using MLNetPerson.Testing;

namespace MLNetPerson.Newcomer.Tests.Pages;

/// <summary>Whatever a page shows as something to type has been typed here.</summary>
public sealed partial class PageTests(PageWorld world) : IClassFixture<PageWorld>
{
    public static TheoryData<string> All =>
        [
            "README.md",
            "notebooks/README.md",
            "src/MLNetPerson/README.md",
            "src/MLNetPerson.Cli/README.md",
            "src/MLNetPerson.Training/README.md",
        ];

    [SkippableTheory, MemberData(nameof(All))]
    public void Every_command_runs(string page)
    {
        Skip.If(OperatingSystem.IsWindows(), "pages show lines for a Unix shell");
        foreach (var block in Commands(File.ReadAllText(Repository.At(page))))
        {
            var outcome = world.Shell(block);
            Assert.True(outcome.ExitCode == 0, $"{page}:\n{block}\nended with {outcome.ExitCode}:\n{outcome.Error}{outcome.Output}");
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Every_line_of_csharp_runs_here_or_elsewhere(string page)
    {
        var outcome = world.CSharp(Repository.At(page));
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);

        foreach (Match excerpt in Excerpt().Matches(File.ReadAllText(Repository.At(page))))
        {
            var source = File.ReadAllLines(Repository.At(excerpt.Groups["from"].Value)).Select(line => line.Trim()).ToList();
            Assert.All(
                excerpt.Groups["code"].Value.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0),
                line => Assert.Contains(line, source)
            );
        }
    }

    [Theory, MemberData(nameof(All))]
    public void There_is_nothing_to_type_in_another_language(string page) =>
        Assert.All(
            Fence().Matches(File.ReadAllText(Repository.At(page))),
            fence => Assert.Contains(fence.Groups["language"].Value, new[] { "sh", "csharp" })
        );

    [Fact]
    public void The_readme_has_what_a_newcomer_needs()
    {
        var text = File.ReadAllText(Repository.At("README.md"));

        Assert.Equal(8, Commands(text).Count);
        Assert.Contains("True (0.", world.CSharp(Repository.At("README.md")).Output);
        Assert.Matches("accuracy +0\\.\\d{4}", world.Demo.Output);
        foreach (Match picture in Regex.Matches(text, @"!\[[^\]]+\]\((?<path>[^)]+)\)"))
        {
            Assert.InRange(new FileInfo(Repository.At(picture.Groups["path"].Value)).Length, 1, 120_000);
        }

        // Files and folders that it names are there.
        Assert.All(
            Regex.Matches(text, "`(?<path>(?:src|models|notebooks|tests)/[\\w./-]*)`"),
            match => Assert.True(Path.Exists(Repository.At(match.Groups["path"].Value)), match.Value)
        );
        Assert.All(
            Regex.Matches(text, @"\[[^\]]*\]\[(?<id>\w+)\]"),
            match => Assert.Contains($"\n[{match.Groups["id"].Value}]: https://", text)
        );
    }

    /// <summary>Fences of a shell, and lines that Markdown shows as code because they are indented.</summary>
    private static List<string> Commands(string text) =>
        [
            .. Indented().Matches(Fence().Replace(text, "")).Select(match => match.Groups["line"].Value),
            .. Fence()
                .Matches(text)
                .Where(fence => fence.Groups["language"].Value == "sh")
                .Select(fence => Regex.Replace(fence.Groups["code"].Value, "^ +", "", RegexOptions.Multiline)),
        ];

    [GeneratedRegex(@"^ *```(?<language>\w*)\n(?<code>.*?)^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^    (?<line>\S.*)$", RegexOptions.Multiline)]
    private static partial Regex Indented();

    [GeneratedRegex(@"<!-- from: (?<from>\S+) -->\n```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Excerpt();
}
