using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Onnx;
using MLNetPerson.Images;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.MLNet.Transforms;
using MLNetPerson.Packaging;

namespace MLNetPerson.MLNet.Serving;

/// <summary>
/// A <see cref="PredictionEngine{TSrc, TDst}"/> that may be shared: as many threads as like ask it at the same time, and each gets the
/// answer to its own question. It owns the engines that it makes, and the model only where it loaded that itself.
/// </summary>
public sealed class PersonPredictionEngine : IDisposable
{
    private readonly MLContext _ml;
    private readonly ITransformer _model;
    private readonly bool _ownsModel;
    private readonly bool _takesMemory;
    private readonly PersonEngineOptions _options;
    private readonly ImageReader _reader;
    private readonly ConcurrentBag<PredictionEngine<EngineQuestion, EngineAnswer>> _idle = [];
    private int _disposed;

    /// <summary>An engine over a model that stays the caller's.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="model">A fitted chain that begins with a column of paths and ends with a calibrated binary classifier.</param>
    /// <param name="options">The column's name.</param>
    /// <exception cref="InvalidOperationException">The model is no such chain; the message says what is missing.</exception>
    public PersonPredictionEngine(MLContext mlContext, ITransformer model, PersonEngineOptions? options = null)
        : this(mlContext, model, options, ownsModel: false) { }

    private PersonPredictionEngine(MLContext ml, ITransformer model, PersonEngineOptions? options, bool ownsModel)
    {
        _ml = ml;
        _model = model;
        _ownsModel = ownsModel;
        _options = options ?? new PersonEngineOptions();
        _reader = new ImageReader(_options.Limits);
        _takesMemory = LinearHeadReader
            .Steps(model)
            .Any(step => step is PersonImageLoadingTransformer or CustomMappingTransformer<PathRow, BytesRow>);
        _idle.Add(Make());
    }

    /// <summary>Loads a model and keeps it for as long as the engine lives.</summary>
    /// <param name="path">A zip that <c>mlContext.Model.Save</c> wrote, or the folder of a package.</param>
    /// <param name="options">The column's name.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="PackageException">The folder is not a package, or not the one that was exported.</exception>
    /// <exception cref="InvalidOperationException">It is no model, or none that answers this question; the message says what is
    /// missing.</exception>
    public static PersonPredictionEngine Load(string path, PersonEngineOptions? options = null)
    {
        var ml = new MLContext();

        // A zip holds no thread options, and ML.NET's default is that every caller's run takes all cores.
        ml.SetOnnxSessionOption(new OnnxSessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 });
        options ??= new PersonEngineOptions();
        var model = ModelFile.Load(ml, path, options.ImageColumn);
        try
        {
            return new PersonPredictionEngine(ml, model, options, ownsModel: true);
        }
        catch
        {
            (model as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>Answers for a picture file.</summary>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    public PersonPrediction Predict(string path) => Ask(path);

    /// <summary>Answers for an encoded picture.</summary>
    /// <param name="picture">The content of a picture file.</param>
    /// <exception cref="ImageException">Not a picture that can be decoded within the limits.</exception>
    public PersonPrediction Predict(ReadOnlySpan<byte> picture) => Predict(picture.ToArray(), "picture");

    /// <summary>Answers for an encoded picture in a stream, which is read to its end and stays open.</summary>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    public PersonPrediction Predict(Stream stream, string name = "stream") => Predict(_reader.ReadBytes(stream, name), name);

    /// <summary>Answers for ML.NET's picture in memory, which stays the caller's.</summary>
    public PersonPrediction Predict(MLImage image)
    {
        if (!_takesMemory)
        {
            return FromFile(path => image.Save(path));
        }

        return InMemory(new PictureItem("picture", MLImagePixels.ToRgb(image)));
    }

    /// <summary>Frees the engines, and the model where <see cref="Load"/> loaded it. Predictions under way elsewhere must have
    /// ended.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        while (_idle.TryTake(out var engine))
        {
            engine.Dispose();
        }

        if (_ownsModel)
        {
            (_model as IDisposable)?.Dispose();
        }
    }

    private PersonPrediction Predict(byte[] picture, string name) =>
        _takesMemory ? InMemory(new PictureItem(name, picture)) : FromFile(path => File.WriteAllBytes(path, picture));

    private PersonPrediction InMemory(PictureItem item)
    {
        PictureInMemory.Set(item);
        try
        {
            return Ask(PictureInMemory.Path);
        }
        finally
        {
            PictureInMemory.Clear();
        }
    }

    /// <summary>ML.NET's own LoadImages opens files and nothing else.</summary>
    private PersonPrediction FromFile(Action<string> write)
    {
        var path = Path.Combine(Path.GetTempPath(), $"mlnetperson-{Guid.NewGuid():N}.png");
        try
        {
            write(path);
            return Ask(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private PersonPrediction Ask(string path)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var engine = _idle.TryTake(out var free) ? free : Make();
        EngineAnswer answer;
        try
        {
            answer = engine.Predict(new EngineQuestion { Path = path });
        }
        catch (ImageException)
        {
            // The picture's fault, found before the engine kept anything of it.
            Return(engine);
            throw;
        }
        catch
        {
            // What an engine holds after any other failure is nobody's business; a new one costs milliseconds.
            engine.Dispose();
            throw;
        }

        Return(engine);
        return new PersonPrediction(answer.Probability, answer.PredictedLabel);
    }

    private void Return(PredictionEngine<EngineQuestion, EngineAnswer> engine)
    {
        if (_disposed == 0)
        {
            _idle.Add(engine);
        }

        if (_disposed != 0 && _idle.TryTake(out var late))
        {
            late.Dispose();
        }
    }

    private PredictionEngine<EngineQuestion, EngineAnswer> Make()
    {
        var input = SchemaDefinition.Create(typeof(EngineQuestion));
        input[nameof(EngineQuestion.Path)].ColumnName = _options.ImageColumn;
        try
        {
            // ML.NET's default is that an engine disposes the model, and with it every other engine over that model.
            return _ml.Model.CreatePredictionEngine<EngineQuestion, EngineAnswer>(
                _model,
                new PredictionEngineOptions
                {
                    OwnsTransformer = false,
                    IgnoreMissingColumns = false,
                    InputSchemaDefinition = input,
                }
            );
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw new InvalidOperationException(
                $"The model cannot answer whether there is a person: {exception.Message} It has to take a text column '"
                    + $"{_options.ImageColumn}' and give the columns PredictedLabel and Probability; "
                    + "a trainer of margins needs a calibrator behind it.",
                exception
            );
        }
    }
}
