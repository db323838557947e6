using System.Collections.Concurrent;
using System.Text.Json;
using MLNetPerson.Newcomer.Tests.Notebooks;
using MLNetPerson.Testing;

namespace MLNetPerson.Newcomer.Tests.Pages;

/// <summary>
/// The folder that pages speak of: a clone's models, street.jpg, holiday/, and pictures/ with person/, none/ and labels.csv. The pictures
/// are the demo's photographs, which its command brings; so that command goes first, as it does on the page.
/// </summary>
public sealed class PageWorld : IDisposable
{
    private const int Pictures = 60;
    private const string DemoLine = "dotnet run -c Release --project src/MLNetPerson.Cli -- demo";

    private readonly TempFolder _folder = new();
    private readonly ConcurrentDictionary<string, Lazy<ProcessRunner.Outcome>> _pages = new();

    public PageWorld()
    {
        // The demo's package is kept between runs, as the demo itself keeps what has not changed.
        Directory.CreateDirectory(Repository.At("artifacts/pages"));
        Demo = Run(DemoLine, Repository.At("artifacts/pages"));
        Assert.True(Demo.ExitCode == 0, Demo.Error + Demo.Output);

        Directory.CreateSymbolicLink(_folder["models"], Repository.At("models"));
        var cache = Cache();
        var photos = File.ReadLines(Repository.At("models/demo/photos.csv"))
            .Skip(1)
            .Select(line => line.Split(','))
            .Select(row => (File: Path.Combine(cache, "demo", row[0]), IsPerson: row[1] == "person"))
            .ToList();
        List<(string Name, bool IsPerson)> taken = [];
        foreach (var isPerson in new[] { true, false })
        {
            foreach (
                var (photo, i) in photos.Where(photo => photo.IsPerson == isPerson).Take(Pictures / 2).Select((photo, i) => (photo, i))
            )
            {
                var name = $"{(isPerson ? "person" : "none")}/{i:00}{Path.GetExtension(photo.File)}";
                _folder.Write($"pictures/{name}", File.ReadAllBytes(photo.File));
                taken.Add((name, isPerson));
            }
        }

        _folder.Write(
            "pictures/labels.csv",
            "file,label,split\n"
                + string.Concat(
                    taken.Select((picture, i) => $"{picture.Name},{(picture.IsPerson ? 1 : 0)},{(i % 4 == 3 ? "test" : "train")}\n")
                )
        );
        var street = photos.First(photo => photo.IsPerson && photo.File.EndsWith(".jpg", StringComparison.Ordinal)).File;
        _folder.Write("street.jpg", File.ReadAllBytes(street));
        _folder.Write("holiday/1.jpg", File.ReadAllBytes(street));
    }

    public ProcessRunner.Outcome Demo { get; }

    /// <summary>Runs a block of a page as a shell does.</summary>
    public ProcessRunner.Outcome Shell(string block) => block.Trim() == DemoLine ? Demo : Run(block, _folder.Path);

    /// <summary>Runs the C# of a page.</summary>
    public ProcessRunner.Outcome CSharp(string page) =>
        _pages.GetOrAdd(page, _ => new(() => NotebookRuns.Run("page", page, _folder.Path))).Value;

    public void Dispose() => _folder.Dispose();

    private static string Cache() =>
        Environment.GetEnvironmentVariable("MLNETPERSON_HOME") is { Length: > 0 } home
            ? home
            : JsonDocument
                .Parse(Program("doctor", "--json").Output)
                .RootElement.GetProperty("checks")
                .EnumerateArray()
                .Single(check => check.GetProperty("name").GetString() == "cache folder")
                .GetProperty("found")
                .GetString()!
                .Split(',')[0];

    private static ProcessRunner.Outcome Program(params string[] arguments) =>
        ProcessRunner.Run("dotnet", [Path.Combine(Product.Folder, "MLNetPerson.Cli.dll"), .. arguments]);

    /// <summary>
    /// In a shell in which mlnetperson is this build's, dotnet run of it too, tools are installed below the folder, packages are made of
    /// what is built already, and what the tests do anyway is not begun a second time.
    /// </summary>
    private ProcessRunner.Outcome Run(string block, string folder) =>
        ProcessRunner.Run(
            "bash",
            [
                "-c",
                $$"""
                set -e
                # Schedulers are started by ClusterTests; here one process does their work.
                parallel() { (unset SHARD_COUNT; mlnetperson features pictures/labels.csv --cache shared --shard 1/1) }
                sbatch() { echo 1; }
                mlnetperson() { command dotnet '{{Path.Combine(Product.Folder, "MLNetPerson.Cli.dll")}}' "$@"; }
                dotnet() {
                  case "$*" in
                    "run -c Release --project src/MLNetPerson.Cli -- "*) mlnetperson "${@:7}" ;;
                    "pack -c Release "*) command dotnet pack '{{Repository.At(
                    "MLNetPerson.sln"
                )}}' "${@:4}" -c {{Product.Configuration}} --no-build ;;
                    "tool install --global "*) command dotnet tool install --tool-path "$PWD/tools" "${@:4}" ;;
                    "test -c Release") echo "these are the tests" ;;
                    "build -c Release") echo "these tests were built by it" ;;
                    "tool restore") echo "NotebookTests restore them" ;;
                    "run -c Release --project tests/MLNetPerson.Notebooks"*) echo "NotebookTests runs them" ;;
                    *) command dotnet "$@" ;;
                  esac
                }
                {{block}}
                """,
            ],
            folder: folder,
            environment: new Dictionary<string, string?> { ["NO_COLOR"] = "1" }
        );
}
