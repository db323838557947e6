using System.Text.Json.Nodes;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Packaging;

public sealed class ModelPackageTests : IClassFixture<TrainedPackage>, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _package;

    public ModelPackageTests(TrainedPackage trained)
    {
        _package = _folder["package"];
        trained.CopyTo(_package);
    }

    [Fact]
    public void A_package_opens_with_all_its_files() =>
        Assert.Equal(
            [
                "card.md",
                "explanation.part",
                "golden/high.png",
                "golden/low.png",
                "golden/middle.png",
                "golden/near-threshold.png",
                "golden/noise.png",
                "model.onnx",
            ],
            ModelPackage.Open(_package).Manifest.Files.Select(file => file.Path)
        );

    [Fact]
    public void A_manifest_survives_saving_and_loading()
    {
        var manifest = ModelPackage.Open(_package).Manifest;

        Assert.Equal(ManifestJson.Write(manifest), ManifestJson.Write(ManifestJson.Read(ManifestJson.Write(manifest))));
        Assert.Equal(File.ReadAllBytes(Path.Combine(_package, "manifest.json")), ManifestJson.Write(manifest));
    }

    [Fact]
    public void One_flipped_byte_is_found_and_named()
    {
        var path = Path.Combine(_package, "model.onnx");
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);

        var fault = Assert.Throws<PackageException>(() => ModelPackage.Open(_package)).Message;

        Assert.Matches(
            @"^Package '.*' is not what its manifest\.json promises: 'model\.onnx' has SHA-256 [0-9a-f]{12}…, [0-9a-f]{12}… is promised: it changed after export\. Fetch the package again, or export a new one\.$",
            fault
        );
    }

    [Fact]
    public void A_missing_file_and_a_short_one_are_named_together()
    {
        File.Delete(Path.Combine(_package, "card.md"));
        File.WriteAllText(Path.Combine(_package, "golden/low.png"), "short");

        var fault = Assert.Throws<PackageException>(() => ModelPackage.Open(_package)).Message;

        Assert.Contains("'card.md' is missing. 'golden/low.png' has 5 bytes, ", fault);
    }

    [Theory]
    [InlineData("schemaVersion", "99", "is of schema version 99, this program reads version 1.")]
    [InlineData("task", "\"cats\"", "The task is 'cats', 'person-classification' is run here.")]
    [InlineData("threshold", "1.5", "The threshold is 1.5, outside 0 to 1.")]
    [InlineData("threshold", "\"high\"", "cannot be read as a manifest: ")]
    [InlineData("labels", "[\"none\"]", "There are not two labels.")]
    [InlineData("encodings", "[]", "It lists no models, files or goldens.")]
    [InlineData("input", "null", "cannot be read as a manifest: ")]
    public void A_manifest_that_says_something_else_is_refused(string property, string value, string expected)
    {
        Edit(json => json[property] = JsonNode.Parse(value));

        Assert.Contains(expected, Assert.Throws<PackageException>(() => ModelPackage.Open(_package)).Message);
    }

    [Theory, InlineData("../outside.txt"), InlineData("/etc/hostname")]
    public void A_file_outside_the_package_is_refused(string path)
    {
        Edit(json => json["files"]![0]!["path"] = path);

        Assert.Contains($"'{path}' leads out of the package.", Assert.Throws<PackageException>(() => ModelPackage.Open(_package)).Message);
    }

    [Fact]
    public void A_cut_manifest_is_refused()
    {
        var path = Path.Combine(_package, "manifest.json");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..500]);

        Assert.StartsWith(
            $"'{path}' cannot be read as a manifest: ",
            Assert.Throws<PackageException>(() => ModelPackage.Open(_package)).Message
        );
    }

    [Fact]
    public void A_folder_that_is_no_package_says_what_is_missing()
    {
        Assert.Equal(
            $"'{_folder.Path}' has no manifest.json, so it is not a model package. Name the folder that 'retrain --out' wrote.",
            Assert.Throws<PackageException>(() => ModelPackage.Open(_folder.Path)).Message
        );
        Assert.StartsWith(
            $"There is no folder '{_folder["nowhere"]}'.",
            Assert.Throws<PackageException>(() => ModelPackage.Open(_folder["nowhere"])).Message
        );
    }

    [Fact]
    public void A_folder_with_other_things_in_it_is_not_replaced()
    {
        _folder.Write("thesis/chapter1.txt", "years of work");
        var manifest = ModelPackage.Open(_package).Manifest;

        var fault = Assert.Throws<PackageException>(() =>
            ModelPackageWriter.Write(_folder["thesis"], manifest, new Dictionary<string, ReadOnlyMemory<byte>>())
        );

        Assert.Equal(
            $"'{_folder["thesis"]}' holds files but no manifest.json, so it is not a package to be replaced. Choose another folder, or "
                + $"empty this one.",
            fault.Message
        );
        Assert.Equal("years of work", File.ReadAllText(_folder["thesis/chapter1.txt"]));
    }

    [SkippableFact]
    public void A_full_disk_leaves_the_old_package_and_nothing_half_written()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "makes a small disk with mount");
        var disk = _folder["disk"];
        Directory.CreateDirectory(disk);
        Skip.If(
            ProcessRunner.Run("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]).ExitCode != 0,
            "mounting a small disk is not permitted here"
        );
        try
        {
            var manifest = ModelPackage.Open(_package).Manifest with { Encodings = [], Goldens = [] };
            var target = Path.Combine(disk, "package");
            ModelPackageWriter.Write(target, manifest, new Dictionary<string, ReadOnlyMemory<byte>> { ["small.bin"] = new byte[100] });
            var before = Directory.GetFileSystemEntries(disk, "*", SearchOption.AllDirectories);

            var fault = Assert.Throws<IOException>(() =>
                ModelPackageWriter.Write(
                    target,
                    manifest,
                    new Dictionary<string, ReadOnlyMemory<byte>> { ["large.bin"] = new byte[1_000_000] }
                )
            );

            Assert.Contains($"'{target}' could not be written: ", fault.Message);
            Assert.EndsWith("Nothing was changed there.", fault.Message);
            Assert.Equal(
                before,
                Directory.GetFileSystemEntries(disk, "*", new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = true })
            );
        }
        finally
        {
            ProcessRunner.Run("umount", [disk]);
        }
    }

    public void Dispose() => _folder.Dispose();

    private void Edit(Action<JsonNode> change)
    {
        var path = Path.Combine(_package, "manifest.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }
}
