using System.Globalization;
using System.Text.Json;
using MLNetPerson.Notebooks;
using MLNetPerson.Testing;

// dotnet run -c Release --project tests/MLNetPerson.Notebooks -- [--write] [--times] [--json] [--feed FOLDER] [NOTEBOOK…]
// dotnet run -c Release --project tests/MLNetPerson.Notebooks -- page PAGE.md FOLDER      runs the page's C# in a folder
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = System.Text.Encoding.UTF8;
var restored = ProcessRunner.Run("dotnet", ["tool", "restore"], folder: Repository.Root);
if (restored.ExitCode != 0)
{
    Console.Error.WriteLine(
        "The notebook kernel cannot be installed: 'dotnet tool restore' failed. It needs a NuGet source that serves "
            + $"Microsoft.dotnet-interactive. {restored.Output.Trim()} {restored.Error.Trim()}"
    );
    return 1;
}

if (args is ["page", var page, var folder])
{
    return await PageRun.OfAsync(page, folder);
}

var (write, json) = (args.Contains("--write"), args.Contains("--json"));
var given = Array.IndexOf(args, "--feed") is >= 0 and var at ? args.ElementAtOrDefault(at + 1) : null;
var names = args.Where(arg => !arg.StartsWith('-') && arg != given).Select(Path.GetFullPath).ToList();
var all = names.Count > 0 ? names : [.. Directory.GetFiles(Repository.At("notebooks"), "*.ipynb").Order(StringComparer.Ordinal)];
var failed = false;
var takesPackages = all.Any(path => File.ReadAllText(path).Contains("nuget: MLNetPerson", StringComparison.Ordinal));
using var feed = takesPackages ? new PackageFeed(given) : null;

// While one notebook runs, the kernel of the next one starts.
var kernels = all.Select(path => new Lazy<Task<InteractiveKernel>>(() =>
        InteractiveKernel.StartAsync(Path.GetDirectoryName(Path.GetFullPath(path))!, feed)
    ))
    .ToList();
foreach (var (i, path) in all.Index())
{
    var kernel = await kernels[i].Value;
    _ = i + 1 < all.Count ? kernels[i + 1].Value : null;
    NotebookRun run;
    await using (kernel)
    {
        run = await NotebookRun.OfAsync(path, kernel, write);
    }

    failed |= run.Faults.Count > 0;
    Write(
        Path.GetFileName(path),
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
