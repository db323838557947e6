using System.Collections.Immutable;
using System.Text.Json;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Bundles;

/// <summary>A bundle on disk whose files have been found to be what <c>bundle.json</c> promises.</summary>
public sealed class DeviceBundle
{
    /// <summary>The manifest's file name.</summary>
    public const string ManifestFile = "bundle.json";

    private DeviceBundle(string folder, BundleManifest manifest, ModelPackage package) =>
        (Folder, Manifest, Package) = (folder, manifest, package);

    /// <summary>Full path.</summary>
    public string Folder { get; }

    /// <summary>What <c>bundle.json</c> says.</summary>
    public BundleManifest Manifest { get; }

    /// <summary>The package inside.</summary>
    public ModelPackage Package { get; }

    /// <summary>Opens a bundle, verifies every file's size and hash, and opens the package inside.</summary>
    /// <exception cref="BundleException">It is not a bundle, one of another schema, or a file differs; all differences are in the
    /// message.</exception>
    /// <exception cref="PackageException">The package inside is none.</exception>
    public static DeviceBundle Open(string folder)
    {
        var manifest = Read(folder);
        var faults = manifest.Files.Select(file => FileFault(folder, file)).OfType<string>().ToList();
        if (faults.Count > 0)
        {
            throw new BundleException(
                $"Bundle '{folder}' is not what its {ManifestFile} promises: {string.Join(" ", faults)} Fetch the bundle again, or export "
                    + $"a new one."
            );
        }

        return new DeviceBundle(Path.GetFullPath(folder), manifest, ModelPackage.Open(Path.Combine(folder, manifest.Package.Folder)));
    }

    /// <summary>Full path of a file of the bundle.</summary>
    public string PathOf(string file) => Path.Combine(Folder, file.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Whether a folder holds a bundle, whole or not.</summary>
    internal static bool IsBundle(string folder) => File.Exists(Path.Combine(folder, ManifestFile));

    /// <summary>Runs the bundle's own tests as this project's code answers them.</summary>
    /// <returns>The golden answers that models gave.</returns>
    /// <exception cref="ExportException">An answer or a tensor is not the one promised.</exception>
    internal ImmutableArray<GoldenResult> Check()
    {
        CheckTensors();
        ImmutableArray<GoldenResult> goldens = [.. Package.Manifest.Encodings.SelectMany(encoding => GoldenCheck.Run(Package, encoding))];
        return goldens.FirstOrDefault(golden => !golden.IsRight) is { } wrong
            ? throw new ExportException(
                $"The package does not give its golden answers here: {wrong.Encoding} says {wrong.Given:0.000000} of '{wrong.File}', "
                    + $"{wrong.Promised:0.000000} is promised. Nothing was written; make the encoding again with 'quantize', or the "
                    + $"package with 'retrain'."
            )
            : goldens;
    }

    private void CheckTensors()
    {
        var (spec, reader) = (Package.Manifest.Input.ToSpec(), new ImageReader());
        var pixels = new byte[spec.ByteCount];
        foreach (
            var (picture, tensor) in Manifest
                .SelfTest.Decoding.Select(test => (test.Picture, test.Tensor))
                .Concat(Manifest.SelfTest.Inference.Select(test => (test.Picture, test.Tensor)))
        )
        {
            reader.ReadResized(reader.ReadBytes(PathOf(picture)), spec, pixels, picture);
            _ = pixels.AsSpan().SequenceEqual(File.ReadAllBytes(PathOf(tensor)))
                ? picture
                : throw new ExportException(
                    $"'{picture}' does not become '{tensor}' when it is decoded again. Nothing was written; this is a fault of the export, "
                        + $"please report it."
                );
        }
    }

    private static BundleManifest Read(string folder)
    {
        var path = Path.Combine(folder, ManifestFile);
        if (!File.Exists(path))
        {
            throw new BundleException(
                $"'{folder}' has no {ManifestFile}, so it is not a bundle. Name the folder that 'export --out' wrote."
            );
        }

        try
        {
            var json = File.ReadAllBytes(path);
            using var document = JsonDocument.Parse(json);
            var version =
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("schemaVersion", out var found)
                && found.TryGetInt32(out var number)
                    ? number
                    : 0;
            return version == BundleManifest.CurrentSchemaVersion
                ? BundleJson.Read(json)
                : throw new BundleException(
                    $"'{path}' is of schema version {version}, this program reads version {BundleManifest.CurrentSchemaVersion}. Use the "
                        + $"program that wrote it, or export the bundle again."
                );
        }
        catch (JsonException exception)
        {
            throw new BundleException($"'{path}' cannot be read: {exception.Message} Fetch the bundle again, or export a new one.");
        }
    }

    private static string? FileFault(string folder, PackageFile file)
    {
        if (Path.IsPathRooted(file.Path) || file.Path.Split('/', '\\').Contains(".."))
        {
            return $"'{file.Path}' leads out of the bundle.";
        }

        var info = new FileInfo(Path.Combine(folder, file.Path));
        return !info.Exists ? $"'{file.Path}' is missing."
            : info.Length != file.Bytes ? $"'{file.Path}' has {info.Length} bytes, {file.Bytes} are promised."
            : Sha256Text.OfFile(info.FullName) != file.Sha256 ? $"'{file.Path}' changed after the export: its SHA-256 is another."
            : null;
    }
}
