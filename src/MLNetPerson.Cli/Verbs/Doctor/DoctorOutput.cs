using MLNetPerson.Cli.Terminal;
using Spectre.Console;

namespace MLNetPerson.Cli.Verbs.Doctor;

/// <summary>A checkup as ticks on a terminal, plain words in a pipe, or JSON.</summary>
internal static class DoctorOutput
{
    private const int NameWidth = 14;

    public static void WriteJson(IReadOnlyList<CheckResult> results) =>
        JsonOutput.Write(
            new
            {
                Healthy = Checkup.IsHealthy(results),
                Checks = results.Select(result => new
                {
                    result.Name,
                    Health = Word(result.Health),
                    result.Found,
                    result.Advice,
                }),
            }
        );

    public static void WriteText(IReadOnlyList<CheckResult> results)
    {
        foreach (var result in results)
        {
            if (Console.IsOutputRedirected)
            {
                Console.Out.WriteLine(
                    $"{Word(result.Health),-9}{result.Name.PadRight(NameWidth)}{result.Found}"
                        + $"{(result.Advice is null ? "" : $"\n{"",-9}{"",NameWidth}-> {result.Advice}")}"
                );
            }
            else
            {
                WriteRow(Mark(result.Health), $"{result.Name.PadRight(NameWidth)}", result.Found);
                if (result.Advice is not null)
                {
                    WriteRow(" ", "", $"[dim]{Markup.Escape(result.Advice)}[/]", isMarkup: true);
                }
            }
        }

        var missing = results.Count(result => result.Health == Health.Missing);
        Console.Out.WriteLine(
            missing == 0
                ? "All that is needed is here."
                : $"Missing: {string.Join(", ", results.Where(result => result.Health == Health.Missing).Select(result => result.Name))}."
        );
    }

    /// <summary>A row of a grid: long text stays in its column.</summary>
    private static void WriteRow(string mark, string name, string text, bool isMarkup = false)
    {
        var grid = new Grid()
            .AddColumn(new GridColumn().Width(1).PadRight(1))
            .AddColumn(new GridColumn().Width(NameWidth).PadRight(1))
            .AddColumn();
        grid.AddRow(mark, Markup.Escape(name), isMarkup ? text : Markup.Escape(text));
        AnsiConsole.Write(grid);
    }

    private static string Mark(Health health) =>
        health switch
        {
            Health.Good => "[green]✓[/]",
            Health.Note => "[yellow]![/]",
            _ => "[red]✗[/]",
        };

    private static string Word(Health health) =>
        health switch
        {
            Health.Good => "ok",
            Health.Note => "note",
            _ => "missing",
        };
}
