using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

/// <summary>Completion in a real shell: what TAB would show.</summary>
public sealed class CompletionTests
{
    [SkippableTheory]
    [InlineData("mlnetperson ev", "evaluate")]
    [InlineData("mlnetperson curate s", "split")]
    [InlineData("mlnetperson completion b", "bash")]
    [InlineData("mlnetperson evaluate my-model x.csv --enc", "--encoding")]
    [InlineData("mlnetperson predict person x.jpg --encoding int8", "int8|int8-portable")]
    [InlineData("mlnetperson retrain pictures --recipe ", "accurate|accurate-tuned|light|light-tuned")]
    [InlineData("mlnetperson retrain pictures --threshold recall=", "0.95")]
    [InlineData("mlnetperson retrain pictures --encodings a", "all")]
    [InlineData("mlnetperson curate import x --resize P", "Pad")]
    [InlineData("mlnetperson export my-model --for l", "linux-arm64")]
    [InlineData("mlnetperson retrain pictures --budget-on p", "pi4|pi5")]
    [InlineData("mlnetperson inspect p", "person")]
    [InlineData("mlnetperson predict person ", "")]
    [InlineData("mlnetperson inspect my-model --js --encoding x", "--json", 32)]
    public void Bash_completes_verbs_options_and_values(string line, string expected, int at = -1)
    {
        var outcome = Shell(
            "bash",
            $$"""
            mlnetperson() { dotnet "$PROGRAM" "$@"; }
            source <(mlnetperson completion bash)
            complete -p mlnetperson | grep -q -- '-F _mlnetperson' || exit 9
            COMP_LINE='{{line}}'; COMP_POINT={{(at < 0 ? line.Length : at)}}
            read -r -a COMP_WORDS <<< "$COMP_LINE"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _mlnetperson
            (IFS='|'; echo "${COMPREPLY[*]}")
            """
        );

        Assert.Equal((0, expected), (outcome.ExitCode, outcome.Output.Trim()));
        Assert.Empty(outcome.Error);
    }

    [SkippableTheory, InlineData("bash", "-n"), InlineData("zsh", "-n"), InlineData("fish", "--no-execute")]
    public void A_script_is_one_that_the_shell_can_read(string shell, string check)
    {
        using var folder = new TempFolder();
        using var cli = new Cli();
        var script = cli.Run("completion", shell);

        Assert.Equal(0, script.ExitCode);
        var outcome = Shell(shell, null, check, folder.Write($"mlnetperson.{shell}", script.Output));
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    [SkippableFact]
    public void Fish_completes()
    {
        var outcome = Shell(
            "fish",
            """
            function mlnetperson; dotnet $PROGRAM $argv; end
            mlnetperson completion fish | source
            complete --do-complete 'mlnetperson ev'
            complete --do-complete 'mlnetperson predict person x.jpg --encoding int8-'
            """
        );

        Assert.Equal("evaluate\nint8-portable\n", outcome.Output);
    }

    [Fact]
    public void Powershell_has_a_script_and_other_shells_are_refused()
    {
        using var cli = new Cli();

        Assert.Contains("Register-ArgumentCompleter -Native -CommandName mlnetperson", cli.Run("completion", "powershell").Output);
        Assert.Equal(1, cli.Run("completion", "tcsh").ExitCode);
    }

    private static ProcessRunner.Outcome Shell(string shell, string? script, params string[] arguments)
    {
        Skip.If(
            (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .All(folder => !File.Exists(Path.Combine(folder, shell))),
            $"there is no {shell} on the PATH"
        );
        return ProcessRunner.Run(
            shell,
            script is null ? arguments : ["-c", script],
            environment: new Dictionary<string, string?> { ["PROGRAM"] = Path.Combine(AppContext.BaseDirectory, "MLNetPerson.Cli.dll") }
        );
    }
}
