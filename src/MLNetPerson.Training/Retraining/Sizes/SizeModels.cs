using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Retraining.Sizes;

/// <summary>
/// Packages of one recipe at several sizes, kept under a name that everything that decides them goes into: what is finished is not made
/// again, in this run or the next.
/// </summary>
internal sealed class SizeModels
{
    private readonly Dataset _training;
    private readonly Dataset? _heldOut;
    private readonly SizeOptions _options;
    private readonly IProgress<RetrainProgress>? _progress;
    private readonly Lazy<string> _pictures;

    public SizeModels(Dataset training, Dataset? heldOut, SizeOptions options, IProgress<RetrainProgress>? progress)
    {
        (_training, _heldOut, _options, _progress) = (training, heldOut, options, progress);
        _pictures = new Lazy<string>(() => $"{Hash(training)}\n{(heldOut is null ? "" : Hash(heldOut))}");
    }

    /// <summary>The recipe at one size.</summary>
    public static Recipe At(Recipe recipe, int side) => recipe with { Input = recipe.Input with { Width = side, Height = side } };

    /// <summary>The recipe's network; a size that it does not take is named.</summary>
    public static async Task<FeatureNetwork> NetworkAsync(Recipe recipe, CancellationToken cancellation)
    {
        try
        {
            return await FeatureNetworkBuilder.BuildAsync(
                BackboneCatalog.Open(recipe.Backbone),
                recipe.Input,
                recipe.Features,
                cancellation
            );
        }
        catch (BackboneException exception)
        {
            throw new BackboneException($"At {recipe.Input.Width} x {recipe.Input.Height} pixels: {exception.Message}", exception);
        }
    }

    /// <summary>The package at one size, made where it is not there yet.</summary>
    public async Task<(ModelPackage Package, bool WasThere, IReadOnlyList<SkippedSample> Skipped)> OpenAsync(
        int side,
        CancellationToken cancellation
    )
    {
        var recipe = At(_options.Recipe, side);
        var key = await KeyAsync(recipe, cancellation);
        var folder = Path.Combine(
            _options.WorkFolder ?? CacheFolder.Sub("sizes"),
            string.Create(CultureInfo.InvariantCulture, $"{side}-{key}")
        );
        if (
            ModelPackage.TryOpen(folder, out var package, out _)
            && (_options.Encodings?.Encodings ?? []).All(name => package!.Manifest.Encodings.Any(encoding => encoding.Name == name))
        )
        {
            return (package!, true, []);
        }

        var result = await Retrainer.RetrainAsync(
            _training,
            _heldOut,
            new RetrainOptions
            {
                Out = folder,
                Recipe = recipe,
                Encodings = _options.Encodings is null ? null : _options.Encodings with { MaxDrop = 100 }, // what they lose is to be seen
                Solver = _options.Solver,
                Features = _options.Features,
            },
            _progress is null ? null : new Relay<RetrainProgress>(step => Report(side, step)),
            cancellation
        );
        return (ModelPackage.Open(folder), false, result.Skipped);
    }

    /// <summary>Two steps for each size: a dozen would run off a terminal.</summary>
    private void Report(int side, RetrainProgress step)
    {
        if (step.Step.EndsWith("training pictures", StringComparison.Ordinal))
        {
            _progress!.Report(step with { Step = $"{side}: features" });
        }
        else if (!step.Step.StartsWith("opening", StringComparison.Ordinal))
        {
            _progress!.Report(
                new RetrainProgress(
                    $"{side}: head{(_heldOut is null ? "" : ", held-out pictures")}{(_options.Encodings is null ? "" : ", encodings")}"
                )
            );
        }
    }

    private async Task<string> KeyAsync(Recipe recipe, CancellationToken cancellation)
    {
        var network = await NetworkAsync(recipe, cancellation);
        var text = new StringBuilder()
            .Append(
                CultureInfo.InvariantCulture,
                $"{RecipeJson.Write(recipe)}\n{network.Sha256}\n{_pictures.Value}\n{(_options.Solver ?? new BuiltinSolver()).Name}\n"
            )
            .Append(
                CultureInfo.InvariantCulture,
                $"{ProductVersion.Text}\n{ImageReader.Fingerprint}\n{OnnxModel.RuntimeVersion}\n{_options.Features.Limits}\n"
            );
        if (_options.Encodings is { } encodings)
        {
            text.Append(CultureInfo.InvariantCulture, $"{encodings.Calibration} {encodings.Seed} {encodings.Range} {encodings.Percentile}");
        }

        return Sha256Text.OfBytes(Encoding.UTF8.GetBytes(text.ToString()))[..16];
    }

    /// <summary>Over the pictures' files and labels; a file that cannot be read counts as such.</summary>
    private static string Hash(Dataset dataset)
    {
        var hashes = new ConcurrentDictionary<int, string>();
        Parallel.For(
            0,
            dataset.Samples.Length,
            index =>
            {
                try
                {
                    hashes[index] = Sha256Text.OfFile(dataset.Samples[index].Path);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    hashes[index] = "unreadable";
                }
            }
        );
        return ContentHash.Of(dataset.Samples, [.. Enumerable.Range(0, dataset.Samples.Length).Select(index => hashes[index])]);
    }
}
