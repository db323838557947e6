using System.Collections.Immutable;
using System.Text.Json;
using MLNetPerson.Files;

namespace MLNetPerson.Packaging;

/// <summary>A model package on disk whose files have been found to be what its manifest promises.</summary>
public sealed class ModelPackage
{
    /// <summary>The manifest's file name.</summary>
    public const string ManifestFile = "manifest.json";

    private ModelPackage(string folder, PackageManifest manifest)
    {
        Folder = folder;
        Manifest = manifest;
    }

    /// <summary>Full path.</summary>
    public string Folder { get; }

    /// <summary>What the manifest says.</summary>
    public PackageManifest Manifest { get; }

    /// <summary>Opens a classifier's package and verifies every file's size and hash.</summary>
    /// <exception cref="PackageException">It is not a package, one of another schema or task, or a file differs; all differences are in the
    /// message.</exception>
    public static ModelPackage Open(string folder) =>
        TryOpen(folder, out var package, out var problem) ? package! : throw new PackageException(problem);

    /// <summary>Opens a detector's package and verifies every file's size and hash.</summary>
    /// <exception cref="PackageException">It is not a package, one of another schema or task, or a file differs; all differences are in the
    /// message.</exception>
    public static ModelPackage OpenDetector(string folder) =>
        TryOpen(folder, PackageManifest.DetectionTask, out var package, out var problem) ? package! : throw new PackageException(problem);

    /// <summary>The task that a package's manifest names, or null where there is no manifest that can be read.</summary>
    public static string? TaskOf(string folder) => Read(folder, out _)?.Task;

    /// <summary>Like <see cref="Open"/>, without an exception.</summary>
    public static bool TryOpen(string folder, out ModelPackage? package, out string problem) =>
        TryOpen(folder, PackageManifest.PersonTask, out package, out problem);

    private static bool TryOpen(string folder, string task, out ModelPackage? package, out string problem)
    {
        package = null;
        if (Read(folder, out problem) is not { } manifest)
        {
            return false;
        }

        if (OtherTask(folder, manifest.Task, task) is { } other)
        {
            problem = other;
            return false;
        }

        var faults = ManifestFaults(manifest).Concat(manifest.Files.Select(file => FileFault(folder, file)).OfType<string>()).ToList();
        if (faults.Count > 0)
        {
            problem =
                $"Package '{folder}' is not what its {ManifestFile} promises: {string.Join(" ", faults)} Fetch the package again, or "
                + $"export a new one.";
            return false;
        }

        package = new ModelPackage(Path.GetFullPath(folder), manifest);
        return true;
    }

    /// <summary>
    /// Changes whenever the package does: the hash of its manifest, which names every other file's hash. Empty where there is no manifest
    /// that can be read, as while a package is being replaced. A time stamp would not do: copies keep it, and two writes may share it.
    /// </summary>
    public static string Stamp(string folder)
    {
        try
        {
            return Sha256Text.OfFile(Path.Combine(folder, ManifestFile));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>A file's bytes, which are those that the manifest promises even where the package was replaced after it had been
    /// opened.</summary>
    /// <param name="file">A path of <see cref="PackageManifest.Files"/>.</param>
    /// <exception cref="PackageException">The file is not listed, cannot be read, or has changed.</exception>
    public byte[] ReadBytes(string file)
    {
        var promised =
            Manifest.Files.FirstOrDefault(candidate => candidate.Path == file)
            ?? throw new PackageException($"Package '{Folder}' lists no file '{file}'.");
        try
        {
            var bytes = File.ReadAllBytes(PathOf(file));
            return Sha256Text.OfBytes(bytes) == promised.Sha256
                ? bytes
                : throw new PackageException(
                    $"'{file}' in '{Folder}' has changed since the package was opened: it was replaced, or written over. Open it again."
                );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PackageException(
                $"'{file}' in '{Folder}' cannot be read any more ({exception.Message}): the package was removed or replaced after it had "
                    + $"been opened. Open it again.",
                exception
            );
        }
    }

    /// <summary>Full path of a file of the package.</summary>
    public string PathOf(string file) => Path.Combine(Folder, file.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>The encoding of that name.</summary>
    /// <exception cref="PackageException">The package has none of that name; the message lists those it has.</exception>
    public PackageEncoding Encoding(string name) =>
        Manifest.Encodings.FirstOrDefault(encoding => encoding.Name == name)
        ?? throw new PackageException(
            $"Package '{Folder}' has no encoding '{name}'; it has "
                + $"{string.Join(", ", Manifest.Encodings.Select(encoding => encoding.Name))}."
        );

    private static PackageManifest? Read(string folder, out string problem)
    {
        problem = "";
        var path = Path.Combine(folder, ManifestFile);
        if (!File.Exists(path))
        {
            problem = Directory.Exists(folder)
                ? $"'{folder}' has no {ManifestFile}, so it is not a model package. Name the folder that 'retrain --out' wrote."
                : $"There is no folder '{folder}'. Name the folder that 'retrain --out' wrote.";
            return null;
        }

        try
        {
            var json = File.ReadAllBytes(path);
            using (var document = JsonDocument.Parse(json))
            {
                var version =
                    document.RootElement.ValueKind == JsonValueKind.Object
                    && document.RootElement.TryGetProperty("schemaVersion", out var found)
                    && found.TryGetInt32(out var number)
                        ? number
                        : 0;
                if (version != PackageManifest.CurrentSchemaVersion)
                {
                    problem =
                        $"'{path}' is of schema version {version}, this program reads version {PackageManifest.CurrentSchemaVersion}. Use "
                        + $"the program that wrote it, or export the package again.";
                    return null;
                }
            }

            return ManifestJson.Read(json);
        }
        catch (Exception exception)
            when (exception is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            problem = $"'{path}' cannot be read as a manifest: {exception.Message} Fetch the package again, or export a new one.";
            return null;
        }
    }

    private static string? OtherTask(string folder, string found, string wanted) =>
        found == wanted
            ? null
            : (found, wanted) switch
            {
                (PackageManifest.DetectionTask, PackageManifest.PersonTask) =>
                    $"Package '{folder}' is a detector (task '{found}'), a classifier is needed here: use 'detect' or "
                        + "PersonDetector.Load with "
                        + "it, or name a package that 'retrain' wrote.",
                (PackageManifest.PersonTask, PackageManifest.DetectionTask) =>
                    $"Package '{folder}' is a classifier (task '{found}'), a detector is needed here: use 'predict' or "
                        + "PersonClassifier.Load with "
                        + "it, or name a package that 'detect make' wrote.",
                _ =>
                    $"Package '{folder}' is not what its {ManifestFile} promises: The task is '{found}', '{wanted}' is run here. Fetch the "
                        + "package again, or export a new one.",
            };

    private static IEnumerable<string> ManifestFaults(PackageManifest manifest)
    {
        if (manifest.Input.ToSpec().Fault() is { } fault)
        {
            yield return $"The {fault}.";
        }

        if (manifest.Input is not { Type: "uint8", Layout: "NHWC", Channels: "RGB" })
        {
            yield return $"The input is {manifest.Input.Type} {manifest.Input.Layout} {manifest.Input.Channels}, uint8 NHWC RGB is fed "
                + $"here.";
        }

        if (manifest.Threshold is not (>= 0 and <= 1))
        {
            yield return $"The threshold is {manifest.Threshold}, outside 0 to 1.";
        }

        if (manifest.Labels.IsDefault || manifest.Labels.Length != 2)
        {
            yield return "There are not two labels.";
        }

        if (manifest.Encodings.IsDefaultOrEmpty || manifest.Files.IsDefault || manifest.Goldens.IsDefault)
        {
            yield return "It lists no models, files or goldens.";
            yield break;
        }

        if (manifest.Task == PackageManifest.DetectionTask && manifest.Detection is null)
        {
            yield return "It does not say how boxes come out ('detection' is missing).";
        }

        if (manifest.Detection?.Fault() is { } detection)
        {
            yield return detection;
        }

        if (manifest.Explanation is { Width: < 1 } or { Height: < 1 })
        {
            yield return $"The activation map is {manifest.Explanation.Width} x {manifest.Explanation.Height} places.";
        }

        ImmutableHashSet<string> known = [.. manifest.Files.Select(file => file.Path)];
        foreach (
            var named in manifest
                .Encodings.Select(encoding => encoding.File)
                .Concat(manifest.Goldens.Select(golden => golden.File))
                .Concat(manifest.Explanation is { } explanation ? [explanation.File] : [])
                .Concat(manifest.Detection is { } boxes ? [boxes.Suppression] : [])
                .Where(file => !known.Contains(file))
        )
        {
            yield return $"'{named}' is used but not listed among the files.";
        }
    }

    private static string? FileFault(string folder, PackageFile file)
    {
        if (Path.IsPathRooted(file.Path) || file.Path.Split('/', '\\').Contains(".."))
        {
            return $"'{file.Path}' leads out of the package.";
        }

        var info = new FileInfo(Path.Combine(folder, file.Path));
        try
        {
            if (!info.Exists)
            {
                return $"'{file.Path}' is missing.";
            }

            if (info.Length != file.Bytes)
            {
                return $"'{file.Path}' has {info.Length} bytes, {file.Bytes} are promised.";
            }

            var hash = Sha256Text.OfFile(info.FullName);
            return hash == file.Sha256
                ? null
                : $"'{file.Path}' has SHA-256 {hash[..12]}…, {Start(file.Sha256)}… is promised: it changed after export.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"'{file.Path}' cannot be read ({exception.Message}).";
        }
    }

    private static string Start(string hash) => hash[..Math.Min(12, hash.Length)];
}
