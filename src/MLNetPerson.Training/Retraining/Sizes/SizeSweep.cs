using System.Collections.Immutable;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Timing;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Retraining.Sizes;

/// <summary>Retrains one recipe at several sizes of input and measures what each costs and gives: resolution is the cheapest lever there
/// is.</summary>
public static class SizeSweep
{
    /// <summary>Pictures that are asked about in turn while timing: decoding depends on them.</summary>
    private const int TimedPictures = 8;

    /// <summary>Runs. Finished sizes are kept: an interrupted run goes on there, and so does another with more sizes.</summary>
    /// <param name="training">What to fit on.</param>
    /// <param name="heldOut">What to judge on. Null: cross-validated for float32, and encodings by what calibration left, which flatters
    /// them; better to hold some out.</param>
    /// <param name="options">Recipe and sizes.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="RecipeException">An option is out of range; all faults are in the message.</exception>
    /// <exception cref="BackboneException">The backbone cannot be had, or does not take a size.</exception>
    /// <exception cref="FeatureException">Too few pictures can be used.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static async Task<SizeFrontier> RunAsync(
        Dataset training,
        Dataset? heldOut,
        SizeOptions options,
        IProgress<RetrainProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (options.Fault() is { } fault)
        {
            throw new RecipeException($"Options for sizes have faults: {fault}.");
        }

        var models = new SizeModels(training, heldOut, options, progress);
        List<(int Side, ModelPackage Package)> packages = [];
        List<int> upToDate = [];
        List<SkippedSample> skipped = [];
        foreach (var side in options.Sides.Distinct().Order())
        {
            var (package, wasThere, bad) = await models.OpenAsync(side, cancellation);
            if (wasThere)
            {
                progress?.Report(new RetrainProgress($"{side}: there already"));
            }

            packages.Add((side, package));
            upToDate.AddRange(wasThere ? [side] : []);
            skipped.AddRange(bad.Where(one => skipped.All(known => known.Sample.Path != one.Sample.Path)));
        }

        var names = packages
            .SelectMany(entry => Encodings(options).Select(encoding => (entry.Side, Model: new TimedModel(entry.Package, encoding))))
            .ToList();
        var pictures = Pictures(heldOut ?? training, options.Features.Limits);
        var timings = PackageBenchmark.Run(
            [.. names.Select(name => name.Model)],
            pictures,
            new BenchmarkOptions { Threads = [options.Threads], Seconds = options.Seconds },
            step => progress?.Report(new RetrainProgress($"timing {names.Count} models: {step}")),
            cancellation
        );
        return new SizeFrontier(
            SizeFrontier.Mark([.. names.Zip(timings, (name, timing) => Point(name.Side, name.Model, timing))]),
            packages[0].Package.Manifest.Metrics,
            [.. upToDate],
            [.. skipped]
        );
    }

    /// <summary>Makes one shard's models of a sweep, for <see cref="RunAsync"/> to find: sizes are dealt out in turn. Nothing is
    /// timed.</summary>
    /// <param name="training">As for <see cref="RunAsync"/>.</param>
    /// <param name="heldOut">As for <see cref="RunAsync"/>.</param>
    /// <param name="options">As for <see cref="RunAsync"/>, with a folder that the processes share.</param>
    /// <param name="shard">Which part is this process's.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="cancellation">Ends the work; finished models are kept.</param>
    /// <returns>The sizes that were made or there.</returns>
    /// <exception cref="RecipeException">An option is out of range; all faults are in the message.</exception>
    /// <exception cref="BackboneException">The backbone cannot be had, or does not take a size.</exception>
    /// <exception cref="FeatureException">Too few pictures can be used.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static async Task<ImmutableArray<int>> RunPartAsync(
        Dataset training,
        Dataset? heldOut,
        SizeOptions options,
        Shard shard,
        IProgress<RetrainProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (options.Fault() is { } fault)
        {
            throw new RecipeException($"Options for sizes have faults: {fault}.");
        }

        var models = new SizeModels(training, heldOut, options, progress);
        var made = ImmutableArray.CreateBuilder<int>();
        foreach (var side in options.Sides.Distinct().Order().Where((_, index) => index % shard.Count == shard.Number - 1))
        {
            _ = await models.OpenAsync(side, cancellation);
            made.Add(side);
        }

        return made.ToImmutable();
    }

    /// <summary>Some pictures of a dataset, spread over it, that can be decoded.</summary>
    /// <exception cref="FeatureException">None can.</exception>
    internal static ImmutableArray<string> Pictures(Dataset dataset, ImageLimits limits)
    {
        var reader = new ImageReader(limits);
        var usable = ImmutableArray.CreateBuilder<string>();
        var stride = Math.Max(1, dataset.Samples.Length / TimedPictures);
        foreach (var sample in Enumerable.Range(0, stride).SelectMany(start => dataset.Samples.Where((_, i) => i % stride == start)))
        {
            try
            {
                _ = reader.Read(reader.ReadBytes(sample.Path));
                usable.Add(sample.Path);
            }
            catch (ImageException)
            {
                continue; // listed among the skipped where features are extracted
            }

            if (usable.Count == TimedPictures)
            {
                break;
            }
        }

        return usable.Count > 0
            ? usable.ToImmutable()
            : throw new FeatureException(
                $"None of the {dataset.Samples.Length} pictures of '{dataset.Name}' can be decoded, so nothing can be timed."
            );
    }

    private static IEnumerable<string> Encodings(SizeOptions options) =>
        [PackageEncoding.Float32, .. options.Encodings?.Encodings.Distinct() ?? []];

    private static SizePoint Point(int side, TimedModel model, EncodingTiming timing)
    {
        var manifest = model.Package.Manifest;
        var report = EncodingReport.Of(model.Package.Encoding(model.Encoding));
        var bytes = manifest.Files.First(file => file.Path == model.Package.Encoding(model.Encoding).File).Bytes;
        return new SizePoint(
            side,
            model.Encoding,
            report?.Accuracy ?? manifest.Metrics.Values["accuracy"],
            report is null ? manifest.Metrics.Values.GetValueOrDefault("rocAuc") : report.RocAuc,
            timing,
            bytes,
            manifest.Backbone.Macs
        );
    }
}
