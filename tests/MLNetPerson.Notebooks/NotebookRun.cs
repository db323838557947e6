using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MLNetPerson.Testing;

namespace MLNetPerson.Notebooks;

/// <summary>One notebook from its first cell to its last.</summary>
public sealed partial class NotebookRun
{
    /// <summary>What is wrong, in the order in which it was found; nothing where all is well.</summary>
    public List<string> Faults { get; } = [];

    public double Seconds { get; private set; }

    /// <summary>Of each code cell.</summary>
    public List<double> CellSeconds { get; } = [];

    /// <param name="path">The notebook.</param>
    /// <param name="write">Whether outputs and numbers in the prose are made anew.</param>
    public static async Task<NotebookRun> OfAsync(string path, bool write)
    {
        var (run, notebook, watch) = (new NotebookRun(), Notebook.Open(path), Stopwatch.StartNew());
        Environment.CurrentDirectory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var kernel = new CSharpKernel(Environment.CurrentDirectory);
        await run.RunCellsAsync(kernel, notebook, write);
        if (run.Faults.Count == 0)
        {
            await run.CheckProseAsync(kernel, notebook, write);
        }

        if (write && run.Faults.Count == 0)
        {
            notebook.Save();
        }

        run.Seconds = watch.Elapsed.TotalSeconds;
        return run;
    }

    private async Task RunCellsAsync(CSharpKernel kernel, Notebook notebook, bool write)
    {
        var count = 0;
        foreach (var cell in notebook.CodeCells)
        {
            count++;
            var watch = Stopwatch.StartNew();
            List<CellOutput> shown;
            try
            {
                shown = [.. await kernel.RunAsync(Notebook.Text(cell["source"]))];
            }
            catch (Exception exception)
            {
                Faults.Add($"code cell {count}: {exception.GetType().Name}: {exception.Message}");
                return; // what comes after builds on it
            }

            CellSeconds.Add(watch.Elapsed.TotalSeconds);
            shown = [.. shown.Select(output => output with { Text = Keepable(output.Text) })];
            if (write)
            {
                Notebook.SetOutputs(cell, count, shown);
            }
            else if (
                !Notebook
                    .Outputs(cell)
                    .Select(output => (output.Kind, output.MimeType))
                    .SequenceEqual(shown.Select(output => (output.Kind, output.MimeType)))
            )
            {
                Faults.Add(
                    $"code cell {count} shows {Kinds(shown)}, the notebook keeps {Kinds(Notebook.Outputs(cell))}: execute it again with "
                        + $"--write"
                );
            }
        }
    }

    private async Task CheckProseAsync(CSharpKernel kernel, Notebook notebook, bool write)
    {
        foreach (var cell in notebook.MarkdownCells)
        {
            var text = Notebook.Text(cell["source"]);
            Faults.AddRange(
                ProseNumber
                    .Unmarked(text)
                    .Select(number => $"'{number}' in the prose has no comment that says what it is a value of: {text.Split('\n')[0]}")
            );
            Dictionary<ProseNumber, double> values = [];
            foreach (var number in ProseNumber.In(text).Distinct())
            {
                try
                {
                    values[number] = Convert.ToDouble(await kernel.EvaluateAsync(number.Expression), CultureInfo.InvariantCulture);
                }
                catch (Exception exception)
                {
                    Faults.Add($"the prose's '{number.Expression}': {exception.Message}");
                    continue;
                }

                if (!write && !(Math.Abs(values[number] - number.Value) <= number.Tolerance))
                {
                    Faults.Add(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"the prose says {number.Text}, '{number.Expression}' is {values[number]} ({number.Tolerance} allowed)"
                        )
                    );
                }
            }

            if (write && values.Count == ProseNumber.In(text).Distinct().Count())
            {
                Notebook.SetSource(cell, ProseNumber.Refill(text, number => values[number]));
            }
        }
    }

    /// <summary>Outputs are kept without photographs, whose licence is not this project's to give, and without a machine's own
    /// paths.</summary>
    private static string Keepable(string text) =>
        Photograph()
            .Replace(
                text,
                "<span style=\"display:inline-block;width:150px;padding:3em 0;border:1px "
                    + "dashed;text-align:center;font-size:small;overflow-wrap:anywhere\">photograph ${name}:<br>run this cell to see "
                    + "it</span>"
            )
            .Replace(Repository.Root.TrimEnd('/'), "…", StringComparison.Ordinal)
            .Replace(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "~", StringComparison.Ordinal);

    [GeneratedRegex("<img data-photograph=\"(?<name>[^\"]*)\"[^>]*>")]
    private static partial Regex Photograph();

    private static string Kinds(IEnumerable<CellOutput> outputs) =>
        $"[{string.Join(", ", outputs.Select(output => $"{output.Kind} {output.MimeType}"))}]";
}
