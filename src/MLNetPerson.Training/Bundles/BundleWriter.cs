using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Bundles;

/// <summary>
/// Makes a bundle: a package with all that another project's runtime on a device needs to run it and to prove that it does so rightly.
/// The same package gives the same bytes.
/// </summary>
public sealed class BundleWriter
{
    private const string PackageFolder = "package";
    private const string SelfTest = "selftest.js";
    private static readonly ImmutableArray<string> Measure =
    [
        "node selftest.js --time 10 --threads 4",
        "mlnetperson bench package --threads 1 4",
    ];

    private readonly ModelPackage _package;
    private readonly BundleTarget _target;
    private readonly ImmutableArray<string> _encodings;
    private readonly string _folder;

    private BundleWriter(ModelPackage package, BundleTarget target, ImmutableArray<string> encodings, string folder) =>
        (_package, _target, _encodings, _folder) = (package, target, encodings, folder);

    /// <summary>Writes a bundle, whole and proved or not at all: it is read again, and its golden answers are reproduced, before it takes
    /// its place.</summary>
    /// <param name="package">Verified when it was opened.</param>
    /// <param name="options">What the bundle is to hold, and where.</param>
    /// <exception cref="BundleException">There is no such target, or the folder holds something else than a bundle.</exception>
    /// <exception cref="PackageException">The package has no encoding of a name given, or changed since it was opened.</exception>
    /// <exception cref="ExportException">The package does not give its golden answers on this machine.</exception>
    /// <exception cref="IOException">The disk refuses; what stood in the folder stands there still.</exception>
    public static BundleResult Write(ModelPackage package, BundleOptions options)
    {
        var target = BundleTarget.Of(options.Target);
        var asked = options.Encodings.Select(name => package.Encoding(name).Name).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<string> encodings =
        [
            .. package.Manifest.Encodings.Select(encoding => encoding.Name).Where(name => asked.Count == 0 || asked.Contains(name)),
        ];
        CheckFree(options.Out);
        BundleResult? result = null;
        AtomicFolder.Write(
            options.Out,
            temporary => result = new BundleWriter(package, target, encodings, temporary).Fill(options.Out),
            DeviceBundle.ManifestFile
        );
        return result!;
    }

    private static void CheckFree(string folder)
    {
        if (File.Exists(folder))
        {
            throw new BundleException($"'{folder}' is a file; a bundle is a folder. Choose another name.");
        }

        if (Directory.Exists(folder) && !DeviceBundle.IsBundle(folder) && !AtomicFolder.IsEmpty(folder))
        {
            throw new BundleException(
                $"'{folder}' holds files but no {DeviceBundle.ManifestFile}, so it is not a bundle to be replaced. Choose another folder, "
                    + $"or empty this one."
            );
        }

        OutputPlace.CheckFolder(folder);
    }

    private BundleResult Fill(string final)
    {
        WritePackage();
        var package = ModelPackage.Open(Path.Combine(_folder, PackageFolder));
        var manifest = Manifest(package, WriteDecoding(package.Manifest), WriteInference(package));
        using (var script = typeof(BundleWriter).Assembly.GetManifestResourceStream($"bundles/{SelfTest}")!)
        using (var file = File.Create(Path.Combine(_folder, SelfTest)))
        {
            script.CopyTo(file);
        }

        Put("README.md", Encoding.UTF8.GetBytes(BundleReadme.Write(manifest, _target, package.Manifest)));
        manifest = manifest with { Files = Files() };
        Put(DeviceBundle.ManifestFile, BundleJson.Write(manifest));
        var goldens = DeviceBundle.Open(_folder).Check();
        return new BundleResult(Path.GetFullPath(final), manifest, manifest.Files.Sum(file => file.Bytes), goldens);
    }

    /// <summary>All files as they are, or a package of the chosen encodings.</summary>
    private void WritePackage()
    {
        var manifest = _package.Manifest;
        if (_encodings.Length == manifest.Encodings.Length)
        {
            foreach (var file in manifest.Files.Select(file => file.Path).Append(ModelPackage.ManifestFile))
            {
                Put($"{PackageFolder}/{file}", File.ReadAllBytes(_package.PathOf(file)));
            }

            return;
        }

        var left = manifest
            .Encodings.Where(encoding => !_encodings.Contains(encoding.Name))
            .Select(encoding => encoding.File)
            .ToHashSet(StringComparer.Ordinal);
        ModelPackageWriter.Write(
            Path.Combine(_folder, PackageFolder),
            manifest with
            {
                Encodings = [.. manifest.Encodings.Where(encoding => _encodings.Contains(encoding.Name))],
                Goldens =
                [
                    .. manifest.Goldens.Select(golden =>
                        golden with
                        {
                            Probabilities = new SortedDictionary<string, double>(
                                golden.Probabilities.Where(answer => _encodings.Contains(answer.Key)).ToDictionary(),
                                StringComparer.Ordinal
                            ),
                        }
                    ),
                ],
            },
            manifest
                .Files.Where(file => !left.Contains(file.Path))
                .ToDictionary(file => file.Path, file => (ReadOnlyMemory<byte>)_package.ReadBytes(file.Path), StringComparer.Ordinal)
        );
    }

    private ImmutableArray<DecodingTest> WriteDecoding(PackageManifest manifest)
    {
        var tests = ImmutableArray.CreateBuilder<DecodingTest>();
        foreach (var (name, ending, picture, what, difference) in DecodingPictures.All)
        {
            var (file, tensor) = ($"selftest/decoding/{name}{ending}", $"selftest/decoding/{name}.rgb");
            Put(file, picture);
            Put(tensor, Pixels(picture, manifest.Input.ToSpec(), file));
            tests.Add(new DecodingTest(name, file, what, tensor, difference));
        }

        return tests.ToImmutable();
    }

    private ImmutableArray<InferenceTest> WriteInference(ModelPackage package)
    {
        var (manifest, tests) = (package.Manifest, ImmutableArray.CreateBuilder<InferenceTest>());
        foreach (var golden in manifest.Goldens)
        {
            var name = Path.GetFileNameWithoutExtension(golden.File);
            var tensor = $"selftest/inference/{name}.rgb";
            Put(tensor, Pixels(package.ReadBytes(golden.File), manifest.Input.ToSpec(), golden.File));
            tests.Add(
                new InferenceTest(
                    name,
                    $"{PackageFolder}/{golden.File}",
                    tensor,
                    manifest.Encodings.ToImmutableSortedDictionary(
                        encoding => encoding.Name,
                        encoding =>
                            golden.Probabilities.TryGetValue(encoding.Name, out var promised)
                                ? ExpectedAnswer.Of(promised, (float)manifest.Threshold, encoding.Tolerance, manifest.Labels)
                                : throw new PackageException(
                                    $"Package '{_package.Folder}' promises no answer of {encoding.Name} to '{golden.File}'. Make the "
                                        + $"encoding again with 'quantize'."
                                ),
                        StringComparer.Ordinal
                    )
                )
            );
        }

        return tests.Count > 0
            ? tests.ToImmutable()
            : throw new PackageException(
                $"Package '{_package.Folder}' has no golden pictures, so nothing could be tested with its bundle. Make it again with "
                    + $"'retrain'."
            );
    }

    private BundleManifest Manifest(ModelPackage package, ImmutableArray<DecodingTest> decoding, ImmutableArray<InferenceTest> inference)
    {
        var manifest = package.Manifest;
        var choice = EncodingChoice.Of(manifest, _target.Processor);
        return new BundleManifest
        {
            SchemaVersion = BundleManifest.CurrentSchemaVersion,
            CreatedBy = ProductVersion.Text,
            Target = _target.Name,
            Package = new BundlePackage(manifest.Name, PackageFolder, Sha256Text.OfFile(package.PathOf(ModelPackage.ManifestFile))),
            Input = manifest.Input,
            Output = manifest.Output,
            Labels = manifest.Labels,
            Threshold = manifest.Threshold,
            Encodings =
            [
                .. manifest.Encodings.Select(encoding => new BundleEncoding(
                    encoding.Name,
                    $"{PackageFolder}/{encoding.File}",
                    manifest.Files.First(file => file.Path == encoding.File).Bytes,
                    encoding.Tolerance
                )),
            ],
            Recommended = new RecommendedEncoding(choice.Encoding.Name, choice.Reason),
            SelfTest = new BundleSelfTest(decoding, inference),
            Estimates = new BundleEstimates(
                FrameRateEstimator.Method,
                [
                    .. _target.Boards.SelectMany(board =>
                        manifest.Encodings.Select(encoding => FrameRateEstimator.Estimate(board, encoding.Name, manifest.Backbone.Macs))
                    ),
                ],
                [
                    .. PublishedTiming
                        .All.Where(timing => timing.Use == "derive")
                        .Select(timing =>
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{timing.Board} {timing.Numbers}: {timing.Network}, {timing.MillionMacs} million multiply-accumulates in "
                                    + $"{timing.Milliseconds} ms by {timing.Runtime}: {timing.Source}"
                            )
                        ),
                ],
                Measure
            ),
            Files = [],
        };
    }

    /// <summary>Everything written so far, in an order that no file system decides.</summary>
    private ImmutableArray<PackageFile> Files() =>
        [
            .. Directory
                .EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
                .Select(file => (Full: file, Path: Path.GetRelativePath(_folder, file).Replace(Path.DirectorySeparatorChar, '/')))
                .OrderBy(file => file.Path, StringComparer.Ordinal)
                .Select(file => new PackageFile(file.Path, new FileInfo(file.Full).Length, Sha256Text.OfFile(file.Full))),
        ];

    private static byte[] Pixels(byte[] picture, ImageSpec spec, string name)
    {
        var pixels = new byte[spec.ByteCount];
        new ImageReader().ReadResized(picture, spec, pixels, name);
        return pixels;
    }

    private void Put(string path, byte[] content)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using var stream = new FileStream(full, FileMode.CreateNew, FileAccess.Write);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }
}
