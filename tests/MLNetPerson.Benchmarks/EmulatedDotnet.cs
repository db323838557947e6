using System.Diagnostics;

namespace MLNetPerson.Benchmarks;

/// <summary>Runs a part of this program on an emulated x86 processor without VNNI. Needs qemu-x86_64, which Debian has in
/// qemu-user.</summary>
internal static class EmulatedDotnet
{
    public const string Processor = "Haswell";

    private const string Emulator = "qemu-x86_64";
    private const int Attempts = 3;

    /// <summary>Runs the verb "child" there, to its end.</summary>
    public static void Run(params string[] child)
    {
        var program = new FileInfo(Environment.ProcessPath!);
        var start = new ProcessStartInfo(
            Emulator,
            [
                "-cpu",
                Processor,
                program.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? program.FullName,
                .. ChildProcess.OfDotnet(),
                "child",
                .. child,
            ]
        )
        {
            RedirectStandardError = true,
        };

        // User-mode emulation loses signals between threads now and then: as few threads as can be, and another try.
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_TieredCompilation"] = "0";
        for (var attempt = 1; ; attempt++)
        {
            using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Emulator} could not be started.");
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
            {
                return;
            }

            if (attempt == Attempts)
            {
                throw new InvalidOperationException(
                    $"The emulated run of '{string.Join(' ', child)}' ended with exit code {process.ExitCode}: {errors}"
                );
            }
        }
    }
}
