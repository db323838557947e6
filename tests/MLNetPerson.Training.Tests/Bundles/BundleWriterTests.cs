using System.Text.Json.Nodes;
using MLNetPerson.Files;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;
using MLNetPerson.Training.Bundles;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Tests.Bundles;

/// <summary>A bundle is whole and proved, or not there.</summary>
public sealed class BundleWriterTests : IDisposable
{
    private const string Target = "linux-arm64";

    private readonly TempFolder _folder = new();

    private static ModelPackage Ready => ModelPackage.Open(Repository.At("models/person"));

    [Fact]
    public void A_bundle_is_read_again_and_its_answers_are_reproduced()
    {
        var result = Write(Ready);

        var bundle = DeviceBundle.Open(result.Folder);
        Assert.Equal(5 * Ready.Manifest.Encodings.Length, result.Goldens.Length);
        Assert.Equal(Sha256Text.OfFile(Repository.At("models/person/manifest.json")), bundle.Manifest.Package.ManifestSha256);
        Assert.Equal(
            ("int8", "this ARM processor adds up 8-bit products exactly"),
            (bundle.Manifest.Recommended.Encoding, bundle.Manifest.Recommended.Reason)
        );
        Assert.Equal(Ready.Manifest.Threshold, bundle.Manifest.Threshold);
        Assert.Equal(Directory.GetFiles(result.Folder, "*", SearchOption.AllDirectories).Length - 1, bundle.Manifest.Files.Length);
        Assert.All(
            bundle.Manifest.SelfTest.Inference,
            test =>
                Assert.Equal(Ready.Manifest.Encodings.Select(encoding => encoding.Name).Order(StringComparer.Ordinal), test.Expected.Keys)
        );
        Assert.All(
            bundle
                .Manifest.SelfTest.Inference.Select(test => test.Tensor)
                .Concat(bundle.Manifest.SelfTest.Decoding.Select(test => test.Tensor)),
            tensor => Assert.Equal(224 * 224 * 3, new FileInfo(bundle.PathOf(tensor)).Length)
        );
    }

    [Fact]
    public void The_same_package_gives_the_same_bytes()
    {
        var (first, second) = (Write(Ready, "first").Folder, Write(Ready, "second").Folder);

        static Dictionary<string, string> Hashes(string folder) =>
            Directory
                .GetFiles(folder, "*", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetRelativePath(folder, file), Sha256Text.OfFile);
        Assert.Equal(Hashes(first), Hashes(second));
    }

    [Fact]
    public void Chosen_encodings_make_a_package_of_those_alone()
    {
        var result = BundleWriter.Write(
            Ready,
            new BundleOptions
            {
                Out = _folder["bundle"],
                Target = Target,
                Encodings = ["fp16", "int8-portable"],
            }
        );

        var package = DeviceBundle.Open(result.Folder).Package;
        Assert.Equal(["int8-portable", "fp16"], package.Manifest.Encodings.Select(encoding => encoding.Name));
        Assert.All(package.Manifest.Goldens, golden => Assert.Equal(["fp16", "int8-portable"], golden.Probabilities.Keys));
        Assert.Equal(
            ["model.fp16.onnx", "model.int8-portable.onnx"],
            Directory.GetFiles(package.Folder, "*.onnx").Select(Path.GetFileName).Order()
        );
        Assert.Equal("int8-portable", result.Manifest.Recommended.Encoding);
        Assert.DoesNotContain("\"name\": \"float32\"", File.ReadAllText(Path.Combine(result.Folder, "bundle.json")));
    }

    [Fact]
    public void A_decision_within_the_tolerance_of_the_threshold_is_left_open()
    {
        Assert.Equal(ExpectedAnswer.Either, ExpectedAnswer.Of(0.43, 0.45, 0.04, ["none", "person"]).Decision);
        Assert.Equal("none", ExpectedAnswer.Of(0.40, 0.45, 0.04, ["none", "person"]).Decision);
        Assert.Equal("person", ExpectedAnswer.Of(0.50, 0.45, 0.04, ["none", "person"]).Decision);
    }

    [Fact]
    public void What_is_there_is_replaced_only_by_a_bundle_and_only_if_it_is_one()
    {
        var first = Write(Ready);
        BundleWriter.Write(
            Ready,
            new BundleOptions
            {
                Out = first.Folder,
                Target = Target,
                Encodings = ["fp16"],
            }
        );
        Assert.Equal(["fp16"], DeviceBundle.Open(first.Folder).Manifest.Encodings.Select(encoding => encoding.Name));

        _folder.Write("other/diary.txt", "mine");
        _folder.Write("file", "mine");
        Assert.Contains("holds files but no bundle.json", Assert.Throws<BundleException>(() => Write(Ready, "other")).Message);
        Assert.Contains("is a file; a bundle is a folder", Assert.Throws<BundleException>(() => Write(Ready, "file")).Message);
        Assert.Equal(
            "Bundles are not made for 'linux-riscv64'. They are made for: linux-arm64.",
            Assert
                .Throws<BundleException>(() =>
                    BundleWriter.Write(Ready, new BundleOptions { Out = _folder["x"], Target = "linux-riscv64" })
                )
                .Message
        );
        Assert.Contains(
            "has no encoding 'int4'",
            Assert
                .Throws<PackageException>(() =>
                    BundleWriter.Write(
                        Ready,
                        new BundleOptions
                        {
                            Out = _folder["x"],
                            Target = Target,
                            Encodings = ["int4"],
                        }
                    )
                )
                .Message
        );
        Assert.Equal(
            ["bundle", "file", "other", "other/diary.txt"],
            _folder.Entries().Where(entry => !entry.StartsWith("bundle/", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void A_package_that_does_not_give_its_golden_answers_is_refused_and_the_old_bundle_stays()
    {
        var old = Sha256Text.OfFile(Path.Combine(Write(Ready).Folder, "bundle.json"));
        var liar = Copy(manifest => manifest["goldens"]![1]!["probabilities"]!["fp16"] = 0.9);

        var fault = Assert.Throws<ExportException>(() => Write(ModelPackage.Open(liar))).Message;

        Assert.Matches(
            "^The package does not give its golden answers here: fp16 says 0\\.449\\d+ of 'golden/near-threshold\\.png', 0\\.900000 is "
                + "promised\\.",
            fault
        );
        Assert.Equal(old, Sha256Text.OfFile(Path.Combine(_folder["bundle"], "bundle.json")));
        Assert.DoesNotContain(_folder.Entries(), entry => entry.Contains(".unfinished"));
    }

    [Fact]
    public void A_package_that_changes_after_it_was_opened_is_refused()
    {
        var package = ModelPackage.Open(Copy(_ => { }));
        File.WriteAllText(package.PathOf("model.fp16.onnx"), "junk");

        Assert.Contains("'model.fp16.onnx' has 4 bytes", Assert.Throws<PackageException>(() => Write(package)).Message);
        Assert.False(Directory.Exists(_folder["bundle"]));
    }

    [Fact]
    public void A_package_without_an_answer_or_without_goldens_is_refused()
    {
        var silent = Copy(manifest => manifest["goldens"]![0]!["probabilities"]!.AsObject().Remove("int8"));
        Assert.Contains(
            "promises no answer of int8 to 'golden/high.png'",
            Assert.Throws<PackageException>(() => Write(ModelPackage.Open(silent))).Message
        );

        var bare = Copy(manifest => manifest["goldens"] = new JsonArray());
        Assert.Contains("has no golden pictures", Assert.Throws<PackageException>(() => Write(ModelPackage.Open(bare))).Message);
        Assert.False(Directory.Exists(_folder["bundle"]));
    }

    [Theory]
    [InlineData("selftest.js", "//", "'selftest.js' has 2 bytes")]
    [InlineData("README.md", null, "'README.md' is missing.")]
    [InlineData("bundle.json", "{\"schemaVersion\": 7}", "is of schema version 7, this program reads version 1.")]
    [InlineData("bundle.json", "{\"schemaVersion\": 1}", "cannot be read: ")]
    [InlineData("bundle.json", null, "has no bundle.json, so it is not a bundle.")]
    public void A_bundle_that_is_not_what_it_promises_is_refused(string file, string? content, string expected)
    {
        var folder = WriteSmall();
        if (content is null)
        {
            File.Delete(Path.Combine(folder, file));
        }
        else
        {
            File.WriteAllText(Path.Combine(folder, file), content);
        }

        Assert.Contains(expected, Assert.Throws<BundleException>(() => DeviceBundle.Open(folder)).Message);
    }

    [Fact]
    public void A_changed_byte_and_a_path_that_leads_out_are_named()
    {
        var folder = WriteSmall();
        var tensor = Path.Combine(folder, "selftest/inference/low.rgb");
        var bytes = File.ReadAllBytes(tensor);
        bytes[1000] ^= 1;
        File.WriteAllBytes(tensor, bytes);
        Assert.Contains(
            "'selftest/inference/low.rgb' changed after the export",
            Assert.Throws<BundleException>(() => DeviceBundle.Open(folder)).Message
        );

        var manifest = Path.Combine(folder, "bundle.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"path\": \"README.md\"", "\"path\": \"../README.md\""));
        Assert.Contains("'../README.md' leads out of the bundle.", Assert.Throws<BundleException>(() => DeviceBundle.Open(folder)).Message);
    }

    public void Dispose() => _folder.Dispose();

    private BundleResult Write(ModelPackage package, string name = "bundle") =>
        BundleWriter.Write(package, new BundleOptions { Out = _folder[name], Target = Target });

    private string WriteSmall() =>
        BundleWriter
            .Write(
                Ready,
                new BundleOptions
                {
                    Out = _folder["bundle"],
                    Target = Target,
                    Encodings = ["fp16"],
                }
            )
            .Folder;

    /// <summary>The ready package with another manifest.</summary>
    private string Copy(Action<JsonNode> change)
    {
        TempFolder.Copy(Repository.At("models/person"), _folder["copy"]);
        var manifest = JsonNode.Parse(File.ReadAllText(_folder["copy/manifest.json"]))!;
        change(manifest);
        _folder.Write("copy/manifest.json", manifest.ToJsonString());
        return _folder["copy"];
    }
}
