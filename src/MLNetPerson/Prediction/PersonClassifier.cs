using System.Buffers;
using System.Diagnostics;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;

namespace MLNetPerson;

/// <summary>Answers one question about a picture: is there a person in it? Thread-safe until it is disposed.</summary>
public sealed class PersonClassifier : IPersonClassifier, IDisposable
{
    /// <summary>The <see cref="ActivitySource"/>'s name: activities "person.load", "person.predict" and "person.explain".</summary>
    public const string ActivitySourceName = "MLNetPerson";

    private static readonly ActivitySource Activities = new(ActivitySourceName);
    private static readonly Lazy<PersonClassifier> Ready = new(() => Load(ReadyPackage.Find(AppContext.BaseDirectory)));

    private readonly OnnxModel _model;
    private readonly ImageReader _reader;
    private readonly ImageSpec _spec;
    private readonly float _threshold;
    private readonly PersonClassifierOptions _options;
    private readonly ActivationModel _activations;
    private int _disposed;

    private PersonClassifier(ModelPackage package, EncodingChoice choice, OnnxModel model, PersonClassifierOptions options)
    {
        Package = package;
        Choice = choice;
        _model = model;
        _options = options;
        _reader = new ImageReader(options.Limits);
        _spec = package.Manifest.Input.ToSpec();
        _threshold = (float)package.Manifest.Threshold;
        _activations = new ActivationModel(package, options.ThreadsPerPrediction);
    }

    /// <summary>The package that answers.</summary>
    public ModelPackage Package { get; }

    /// <summary>Which of the package's models answers, and why this one.</summary>
    public EncodingChoice Choice { get; }

    /// <summary>Which of the package's models answers.</summary>
    public PackageEncoding Encoding => Choice.Encoding;

    /// <summary>
    /// The ready model, which the package MLNetPerson.Model puts beside the program as <c>models/person</c>. It is loaded once, when it is
    /// first asked for, and shared: do not dispose it.
    /// </summary>
    /// <exception cref="PackageException">There is no ready model beside the program, or it is not whole.</exception>
    public static PersonClassifier Default => Ready.Value;

    /// <summary>Opens a package after verifying every file's hash, and takes the encoding that is best on this processor: see
    /// <see cref="Choice"/>.</summary>
    /// <param name="folder">The folder that <c>retrain --out</c> wrote.</param>
    /// <param name="options">How to use the machine.</param>
    /// <exception cref="PackageException">Not a package, or not the one that was exported; the message says what differs.</exception>
    /// <exception cref="OnnxModelException">ONNX Runtime does not take the model.</exception>
    public static PersonClassifier Load(string folder, PersonClassifierOptions? options = null)
    {
        var package = ModelPackage.Open(folder);
        return Load(package, EncodingChoice.Of(package.Manifest, CpuFeatures.Current), options);
    }

    /// <summary>Opens a package and chooses one of its encodings.</summary>
    /// <param name="folder">The folder that <c>retrain --out</c> wrote.</param>
    /// <param name="encoding">A name from the manifest.</param>
    /// <param name="options">How to use the machine.</param>
    /// <exception cref="PackageException">Not a package, not the one that was exported, or without that encoding.</exception>
    /// <exception cref="OnnxModelException">ONNX Runtime does not take the model.</exception>
    public static PersonClassifier Load(string folder, string encoding, PersonClassifierOptions? options = null)
    {
        var package = ModelPackage.Open(folder);
        return Load(package, new EncodingChoice(package.Encoding(encoding), "it was asked for"), options);
    }

    /// <summary>Opens a package as <see cref="Load(string, PersonClassifierOptions?)"/> does, on another thread.</summary>
    /// <param name="folder">The folder that <c>retrain --out</c> wrote.</param>
    /// <param name="options">How to use the machine.</param>
    /// <param name="cancellation">Ends the waiting; a package that was loaded in spite of it is freed.</param>
    /// <exception cref="PackageException">Not a package, or not the one that was exported; the message says what differs.</exception>
    /// <exception cref="OnnxModelException">ONNX Runtime does not take the model.</exception>
    public static Task<PersonClassifier> LoadAsync(
        string folder,
        PersonClassifierOptions? options = null,
        CancellationToken cancellation = default
    ) =>
        Task.Run(
            () =>
            {
                var classifier = Load(folder, options);
                if (cancellation.IsCancellationRequested)
                {
                    classifier.Dispose();
                    cancellation.ThrowIfCancellationRequested();
                }

                return classifier;
            },
            cancellation
        );

    /// <summary>Answers for an encoded picture.</summary>
    /// <param name="picture">The content of a JPEG, PNG, WebP, GIF, TIFF, BMP or AVIF file.</param>
    /// <exception cref="ImageException">Not a picture that can be decoded within the limits.</exception>
    public PersonPrediction Predict(ReadOnlySpan<byte> picture) => Predict(picture, "picture");

    /// <summary>Answers for a picture file.</summary>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    public PersonPrediction Predict(string path) => Predict(_reader.ReadBytes(path), path);

    /// <summary>Answers for an encoded picture in a stream, which is read to its end and stays open.</summary>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    public PersonPrediction Predict(Stream stream, string name = "stream") => Predict(_reader.ReadBytes(stream, name), name);

    /// <summary>Answers for pixels, a camera frame say.</summary>
    /// <param name="rgb">[height, width, 3] upright sRGB bytes 0–255.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <exception cref="ArgumentException">The length is not height × width × 3.</exception>
    public PersonPrediction Predict(ReadOnlySpan<byte> rgb, int width, int height)
    {
        var pixels = ArrayPool<byte>.Shared.Rent(_spec.ByteCount);
        try
        {
            ImageReader.Resize(rgb, width, height, _spec, pixels.AsSpan(0, _spec.ByteCount));
            return Run(pixels);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    /// <summary>Answers for a camera frame as it lies in memory.</summary>
    /// <param name="pixels">One frame of <paramref name="layout"/>, upright.</param>
    /// <param name="layout">Its pixel format, size and stride.</param>
    /// <exception cref="ArgumentException">The layout has a fault, or the length disagrees with it.</exception>
    public PersonPrediction Predict(ReadOnlySpan<byte> pixels, PixelLayout layout)
    {
        PixelConverter.Check(pixels.Length, layout, nameof(pixels));
        var length = layout.Width * layout.Height * 3;
        var rgb = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            PixelConverter.ToRgb(pixels, layout, rgb.AsSpan(0, length));
            return Predict(rgb.AsSpan(0, length), layout.Width, layout.Height);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rgb);
        }
    }

    /// <inheritdoc/>
    public Task<PersonPrediction> PredictAsync(ReadOnlyMemory<byte> picture, CancellationToken cancellation = default) =>
        Task.Run(() => Predict(picture.Span), cancellation);

    /// <inheritdoc/>
    public Task<PersonPrediction> PredictAsync(string path, CancellationToken cancellation = default) =>
        Task.Run(() => Predict(path), cancellation);

    /// <inheritdoc/>
    public async Task<PersonPrediction> PredictAsync(Stream stream, CancellationToken cancellation = default)
    {
        var picture = await _reader.ReadBytesAsync(stream, "stream", cancellation).ConfigureAwait(false);
        return await Task.Run(() => Predict(picture, "stream"), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<PersonPrediction> PredictAsync(ReadOnlyMemory<byte> rgb, int width, int height, CancellationToken cancellation = default) =>
        Task.Run(() => Predict(rgb.Span, width, height), cancellation);

    /// <summary>Answers for many picture files on all cores: in the given order, going on past bad ones.</summary>
    /// <param name="paths">Read lazily, a little ahead of the results.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public IEnumerable<PersonResult> PredictMany(IEnumerable<string> paths, CancellationToken cancellation = default) =>
        PredictMany(paths.Select(path => (path, (Func<byte[]>)(() => _reader.ReadBytes(path)))), cancellation);

    /// <summary>Answers for many encoded pictures on all cores: in the given order, going on past bad ones.</summary>
    /// <param name="pictures">Names and contents; read lazily, a little ahead of the results.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public IEnumerable<PersonResult> PredictMany(
        IEnumerable<(string Name, byte[] Picture)> pictures,
        CancellationToken cancellation = default
    ) => PredictMany(pictures.Select(picture => (picture.Name, (Func<byte[]>)(() => picture.Picture))), cancellation);

    /// <summary>Answers for picture files that become known one by one, on all cores: in the given order, going on past bad ones. An answer
    /// is given as soon as it and those before it are there, without waiting for the next file.</summary>
    /// <param name="paths">Read a little ahead of the results.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public IAsyncEnumerable<PersonResult> PredictManyAsync(IAsyncEnumerable<string> paths, CancellationToken cancellation = default) =>
        OrderedParallel.SelectAsync(paths, Workers, path => Answer(path, () => _reader.ReadBytes(path)), cancellation);

    /// <summary>Answers for encoded pictures that arrive one by one, from a queue or a camera say: in the given order, going on past bad
    /// ones.</summary>
    /// <param name="pictures">Names and contents, read a little ahead of the results.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public IAsyncEnumerable<PersonResult> PredictManyAsync(
        IAsyncEnumerable<(string Name, byte[] Picture)> pictures,
        CancellationToken cancellation = default
    ) => OrderedParallel.SelectAsync(pictures, Workers, picture => Answer(picture.Name, () => picture.Picture), cancellation);

    /// <summary>Tells where in an encoded picture the answer comes from. The float model is asked, whichever encoding predicts; the first
    /// call loads it.</summary>
    /// <param name="picture">The content of a JPEG, PNG, WebP, GIF, TIFF, BMP or AVIF file.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <exception cref="ImageException">Not a picture that can be decoded within the limits.</exception>
    /// <exception cref="PackageException">The package was exported without what explains it.</exception>
    public ActivationMap Explain(ReadOnlySpan<byte> picture, string name = "picture")
    {
        var pixels = new byte[_spec.ByteCount];
        var header = _reader.ReadHeader(picture, name);
        _reader.ReadResized(picture, _spec, pixels, name);
        return ExplainFitted(pixels, header.Width, header.Height);
    }

    /// <summary>Tells where in a picture file the answer comes from.</summary>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    /// <exception cref="PackageException">The package was exported without what explains it.</exception>
    public ActivationMap Explain(string path) => Explain(_reader.ReadBytes(path), path);

    /// <summary>Tells where in pixels the answer comes from.</summary>
    /// <param name="rgb">[height, width, 3] upright sRGB bytes 0–255.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <exception cref="ArgumentException">The length is not height × width × 3.</exception>
    /// <exception cref="PackageException">The package was exported without what explains it.</exception>
    public ActivationMap Explain(ReadOnlySpan<byte> rgb, int width, int height)
    {
        var pixels = new byte[_spec.ByteCount];
        ImageReader.Resize(rgb, width, height, _spec, pixels);
        return ExplainFitted(pixels, width, height);
    }

    /// <summary>Frees the model. Predictions under way elsewhere must have ended.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _model.Dispose();
            _activations.Dispose();
        }
    }

    /// <summary>The pixels that the model takes.</summary>
    internal ImageSpec Input => _spec;

    /// <summary>Whether several pictures may share a run: a model may fix its batch to one.</summary>
    internal bool TakesBatches => _model.Inputs[0].Accepts([2, _spec.Height, _spec.Width, 3]);

    /// <summary>Decodes a picture to what the model takes.</summary>
    /// <exception cref="ImageException">Not a picture that can be decoded within the limits.</exception>
    internal void Decode(ReadOnlySpan<byte> picture, Span<byte> pixels, string name = "picture") =>
        _reader.ReadResized(picture, _spec, pixels, name);

    /// <summary>Runs the model on several pictures at once.</summary>
    /// <param name="pixels">[count, height, width, 3] bytes of <see cref="Input"/>'s size.</param>
    /// <param name="count">Pictures.</param>
    /// <param name="probabilities">[count].</param>
    internal void Run(Memory<byte> pixels, int count, Memory<float> probabilities)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        _model.Run(pixels, [count, _spec.Height, _spec.Width, 3], probabilities);
    }

    /// <summary>The answer that a probability means for this package.</summary>
    internal PersonPrediction Decide(float probability) => new(probability, probability >= _threshold);

    private static PersonClassifier Load(ModelPackage package, EncodingChoice choice, PersonClassifierOptions? options)
    {
        options ??= new PersonClassifierOptions();
        using var activity = Activities.StartActivity("person.load");
        activity?.SetTag("person.package", package.Manifest.Name).SetTag("person.encoding", choice.Encoding.Name);
        var model = OnnxModel.Load(
            package.ReadBytes(choice.Encoding.File),
            package.PathOf(choice.Encoding.File),
            new OnnxModelOptions { Threads = options.ThreadsPerPrediction, ExactIntegers = choice.Encoding.NeedsExactIntegers }
        );
        try
        {
            CheckModel(package, choice.Encoding, model);
            return new PersonClassifier(package, choice, model, options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static void CheckModel(ModelPackage package, PackageEncoding encoding, OnnxModel model)
    {
        var manifest = package.Manifest;
        var input = model.Inputs.FirstOrDefault();
        var output = model.Outputs.FirstOrDefault();
        long[] wanted = [1, manifest.Input.Height, manifest.Input.Width, 3];
        if (
            input is null
            || output is null
            || model.Inputs.Length != 1
            || model.Outputs.Length != 1
            || input.Name != manifest.Input.Tensor
            || input.Kind != TensorKind.UInt8
            || !input.Accepts(wanted)
            || output.Name != manifest.Output.Tensor
            || output.Kind != TensorKind.Float
        )
        {
            throw new PackageException(
                $"'{encoding.File}' in '{package.Folder}' takes {string.Join(", ", model.Inputs)} and gives "
                    + $"{string.Join(", ", model.Outputs)}; "
                    + $"the manifest promises {manifest.Input.Tensor} uint8 [{string.Join(", ", wanted)}] and {manifest.Output.Tensor} "
                    + $"float. Export the package again."
            );
        }
    }

    private PersonPrediction Predict(ReadOnlySpan<byte> picture, string name)
    {
        using var activity = Activities.StartActivity("person.predict");
        activity?.SetTag("person.encoding", Encoding.Name).SetTag("person.bytes", picture.Length);
        var pixels = ArrayPool<byte>.Shared.Rent(_spec.ByteCount);
        try
        {
            Decode(picture, pixels.AsSpan(0, _spec.ByteCount), name);
            return Run(pixels);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private PersonPrediction Run(byte[] pixels)
    {
        var probability = new float[1];
        Run(pixels.AsMemory(0, _spec.ByteCount), 1, probability);
        return Decide(probability[0]);
    }

    private int Workers => _options.Parallelism == 0 ? Environment.ProcessorCount : _options.Parallelism;

    private ActivationMap ExplainFitted(byte[] pixels, int width, int height)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        using var activity = Activities.StartActivity("person.explain");
        var (explanation, contributions, logit, bias, probability) = _activations.Run(pixels);
        return new ActivationMap(
            explanation.Width,
            explanation.Height,
            [.. contributions],
            bias,
            logit,
            new PersonPrediction(probability, probability >= _threshold),
            _spec,
            width,
            height
        );
    }

    private IEnumerable<PersonResult> PredictMany(IEnumerable<(string Name, Func<byte[]> Read)> pictures, CancellationToken cancellation) =>
        OrderedParallel.Select(pictures, Workers, picture => Answer(picture.Name, picture.Read), cancellation);

    private PersonResult Answer(string name, Func<byte[]> read)
    {
        try
        {
            return new PersonResult(name, Predict(read(), name), null);
        }
        catch (ImageException exception)
        {
            return new PersonResult(name, null, exception);
        }
    }
}
