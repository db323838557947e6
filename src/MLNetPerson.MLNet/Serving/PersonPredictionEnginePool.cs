using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.Data;
using MLNetPerson.Images;
using MLNetPerson.Serving;

namespace MLNetPerson.MLNet.Serving;

/// <summary>
/// Serves models from disk to any number of threads, and takes up a new model when the file changes: questions under way are answered by
/// the model that they began with, and a model that cannot be loaded leaves the old one in place.
/// </summary>
public sealed class PersonPredictionEnginePool : IDisposable
{
    private readonly ImmutableDictionary<string, ServedModel> _models;
    private readonly DiskWatch _watch;

    /// <summary>Loads all models.</summary>
    /// <param name="options">Which ones.</param>
    /// <param name="logger">Told of models taken up and refused.</param>
    /// <exception cref="ArgumentException">No model is named, or the interval is negative.</exception>
    /// <exception cref="IOException">A model is not there or cannot be read.</exception>
    /// <exception cref="InvalidOperationException">A file is no model that answers this question.</exception>
    public PersonPredictionEnginePool(PersonEnginePoolOptions options, ILogger<PersonPredictionEnginePool>? logger = null)
    {
        if (options.Models.Count == 0 || options.WatchInterval < TimeSpan.Zero)
        {
            throw new ArgumentException(
                $"The pool needs at least one model ({nameof(PersonEnginePoolOptions.FromPath)}) and a {nameof(options.WatchInterval)} of "
                    + $"at least 0.",
                nameof(options)
            );
        }

        var loaded = ImmutableDictionary.CreateBuilder<string, ServedModel>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, path) in options.Models)
            {
                loaded[name] = new ServedModel(name, path, options.Engine, logger ?? NullLogger<PersonPredictionEnginePool>.Instance);
            }
        }
        catch
        {
            foreach (var model in loaded.Values)
            {
                model.Dispose();
            }

            throw;
        }

        _models = loaded.ToImmutable();
        _watch = new DiskWatch(() => Refresh(), options.WatchInterval);
    }

    /// <summary>Answers for a picture file.</summary>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    public PersonPrediction Predict(string path, string model = PersonEnginePoolOptions.DefaultModel) =>
        Model(model).Ask(engine => engine.Predict(path));

    /// <summary>Answers for an encoded picture.</summary>
    /// <exception cref="ImageException">Not a picture that can be decoded within the limits.</exception>
    public PersonPrediction Predict(byte[] picture, string model = PersonEnginePoolOptions.DefaultModel) =>
        Model(model).Ask(engine => engine.Predict(picture));

    /// <summary>Answers for an encoded picture in a stream, which is read to its end and stays open.</summary>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    public PersonPrediction Predict(Stream stream, string model = PersonEnginePoolOptions.DefaultModel) =>
        Model(model).Ask(engine => engine.Predict(stream));

    /// <summary>Answers for ML.NET's picture in memory, which stays the caller's.</summary>
    public PersonPrediction Predict(MLImage image, string model = PersonEnginePoolOptions.DefaultModel) =>
        Model(model).Ask(engine => engine.Predict(image));

    /// <summary>Looks at the models on disk now, without waiting for the interval. Returns the names of those that were taken up
    /// anew.</summary>
    public IReadOnlyList<string> Refresh() => [.. _models.Where(model => model.Value.Refresh()).Select(model => model.Key)];

    /// <summary>Ends watching and frees the models. Predictions under way elsewhere are still answered.</summary>
    public void Dispose()
    {
        _watch.Dispose();
        foreach (var model in _models.Values)
        {
            model.Dispose();
        }
    }

    private ServedModel Model(string name) =>
        _models.TryGetValue(name, out var model)
            ? model
            : throw new ArgumentException(
                $"There is no model '{name}' in the pool; there are {string.Join(", ", _models.Keys.Select(key => $"'{key}'"))}.",
                nameof(name)
            );
}
