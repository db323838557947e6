using System.Globalization;
using System.Text.Json;
using MLNetPerson.Notebooks;
using MLNetPerson.Testing;

// dotnet run -c Release --project tests/MLNetPerson.Notebooks -- [--write] [--times] [--json] [NOTEBOOK…]
// dotnet run -c Release --project tests/MLNetPerson.Notebooks -- page PAGE.md FOLDER      runs the page's C# in a folder
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = System.Text.Encoding.UTF8;
if (args is ["page", var page, var folder])
{
    return await PageRun.OfAsync(page, folder);
}

var (write, json) = (args.Contains("--write"), args.Contains("--json"));
var names = args.Where(arg => !arg.StartsWith('-')).Select(Path.GetFullPath).ToList();
var all = names.Count > 0 ? names : [.. Directory.GetFiles(Repository.At("notebooks"), "*.ipynb").Order(StringComparer.Ordinal)];
var failed = false;
foreach (var path in all)
{
    var name = Path.GetFileName(path);
    if (
        File.ReadAllText(path).Contains("MLNetPerson.MLNet.dll", StringComparison.Ordinal)
        && !File.Exists(Path.Combine(CSharpKernel.Product, "MLNetPerson.MLNet.dll"))
    )
    {
        Write(name, "skipped: it needs ML.NET, which NuGet could not restore when this was built", [], 0);
        continue;
    }

    var run = await NotebookRun.OfAsync(path, write);
    failed |= run.Faults.Count > 0;
    Write(
        name,
        run.Faults.Count > 0 ? "failed"
            : write ? "written"
            : "right",
        run.Faults,
        run.Seconds
    );
    if (args.Contains("--times"))
    {
        Console.WriteLine(
            $"  seconds by cell: "
                + $"{string.Join(", ", run.CellSeconds.Select(seconds => seconds.ToString("0.0", CultureInfo.InvariantCulture)))}"
        );
    }
}

return failed ? 1 : 0;

void Write(string name, string outcome, IReadOnlyList<string> faults, double seconds)
{
    if (json)
    {
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    name,
                    outcome,
                    faults,
                    seconds,
                }
            )
        );
        return;
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-40}{outcome}{(seconds > 0 ? $", {seconds:0.0} s" : "")}"));
    foreach (var fault in faults)
    {
        Console.WriteLine($"  {fault}");
    }
}
