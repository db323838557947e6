using System.Buffers;
using System.Collections.Immutable;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;

namespace MLNetPerson;

/// <summary>Finds the persons in a picture: a box and a probability for each. Thread-safe until it is disposed.</summary>
public sealed class PersonDetector : IPersonDetector, IDisposable
{
    /// <summary>Numbers of one box in the model's output: picture, probability, left, top, right, bottom.</summary>
    private const int Columns = 6;

    private readonly OnnxModel _model;
    private readonly ImageReader _reader;
    private readonly ImageSpec _spec;
    private readonly float _least;
    private readonly PersonDetectorOptions _options;
    private readonly string[] _outputs;
    private int _disposed;

    private PersonDetector(ModelPackage package, EncodingChoice choice, OnnxModel model, PersonDetectorOptions options)
    {
        (Package, Choice, _model, _options) = (package, choice, model, options);
        _reader = new ImageReader(options.Limits);
        _spec = package.Manifest.Input.ToSpec();
        _least = (float)(options.MinProbability ?? package.Manifest.Threshold);
        _outputs = [package.Manifest.Output.Tensor];
    }

    /// <summary>The package that answers.</summary>
    public ModelPackage Package { get; }

    /// <summary>Which of the package's models answers, and why this one.</summary>
    public EncodingChoice Choice { get; }

    /// <summary>Which of the package's models answers.</summary>
    public PackageEncoding Encoding => Choice.Encoding;

    /// <summary>Opens a detector's package after verifying every file's hash, and takes the encoding that is best on this processor: see
    /// <see cref="Choice"/>.</summary>
    /// <param name="folder">The folder that <c>detect make</c> wrote.</param>
    /// <param name="options">How to use the machine, and which boxes to give.</param>
    /// <exception cref="PackageException">Not a detector's package, or not the one that was exported; the message says what
    /// differs.</exception>
    /// <exception cref="OnnxModelException">ONNX Runtime does not take the model.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static PersonDetector Load(string folder, PersonDetectorOptions? options = null)
    {
        var package = ModelPackage.OpenDetector(folder);
        return Load(package, EncodingChoice.Of(package.Manifest, CpuFeatures.Current), options);
    }

    /// <summary>Opens a detector's package and chooses one of its encodings.</summary>
    /// <param name="folder">The folder that <c>detect make</c> wrote.</param>
    /// <param name="encoding">A name from the manifest.</param>
    /// <param name="options">How to use the machine, and which boxes to give.</param>
    /// <exception cref="PackageException">Not a detector's package, not the one that was exported, or without that encoding.</exception>
    /// <exception cref="OnnxModelException">ONNX Runtime does not take the model.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static PersonDetector Load(string folder, string encoding, PersonDetectorOptions? options = null)
    {
        var package = ModelPackage.OpenDetector(folder);
        return Load(package, new EncodingChoice(package.Encoding(encoding), "it was asked for"), options);
    }

    /// <summary>Finds the persons in an encoded picture.</summary>
    /// <param name="picture">The content of a JPEG, PNG, WebP, GIF, TIFF, BMP or AVIF file.</param>
    /// <exception cref="ImageException">Not a picture that can be decoded within the limits.</exception>
    public PersonDetections Detect(ReadOnlySpan<byte> picture) => Detect(picture, "picture");

    /// <summary>Finds the persons in a picture file.</summary>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    public PersonDetections Detect(string path) => Detect(_reader.ReadBytes(path), path);

    /// <summary>Finds the persons in an encoded picture in a stream, which is read to its end and stays open.</summary>
    /// <exception cref="ImageException">It cannot be read, or is not a picture that can be decoded within the limits.</exception>
    public PersonDetections Detect(Stream stream, string name = "stream") => Detect(_reader.ReadBytes(stream, name), name);

    /// <summary>Finds the persons in pixels, a camera frame say.</summary>
    /// <param name="rgb">[height, width, 3] upright sRGB bytes 0–255.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <exception cref="ArgumentException">The length is not height × width × 3.</exception>
    public PersonDetections Detect(ReadOnlySpan<byte> rgb, int width, int height)
    {
        var pixels = ArrayPool<byte>.Shared.Rent(_spec.ByteCount);
        try
        {
            ImageReader.Resize(rgb, width, height, _spec, pixels.AsSpan(0, _spec.ByteCount));
            return Run(pixels, width, height);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    /// <summary>Finds the persons in a camera frame as it lies in memory.</summary>
    /// <param name="pixels">One frame of <paramref name="layout"/>, upright.</param>
    /// <param name="layout">Its pixel format, size and stride.</param>
    /// <exception cref="ArgumentException">The layout has a fault, or the length disagrees with it.</exception>
    public PersonDetections Detect(ReadOnlySpan<byte> pixels, PixelLayout layout)
    {
        PixelConverter.Check(pixels.Length, layout, nameof(pixels));
        var length = layout.Width * layout.Height * 3;
        var rgb = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            PixelConverter.ToRgb(pixels, layout, rgb.AsSpan(0, length));
            return Detect(rgb.AsSpan(0, length), layout.Width, layout.Height);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rgb);
        }
    }

    /// <inheritdoc/>
    public Task<PersonDetections> DetectAsync(ReadOnlyMemory<byte> picture, CancellationToken cancellation = default) =>
        Task.Run(() => Detect(picture.Span), cancellation);

    /// <inheritdoc/>
    public Task<PersonDetections> DetectAsync(string path, CancellationToken cancellation = default) =>
        Task.Run(() => Detect(path), cancellation);

    /// <inheritdoc/>
    public async Task<PersonDetections> DetectAsync(Stream stream, CancellationToken cancellation = default)
    {
        var picture = await _reader.ReadBytesAsync(stream, "stream", cancellation).ConfigureAwait(false);
        return await Task.Run(() => Detect(picture, "stream"), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<PersonDetections> DetectAsync(ReadOnlyMemory<byte> rgb, int width, int height, CancellationToken cancellation = default) =>
        Task.Run(() => Detect(rgb.Span, width, height), cancellation);

    /// <summary>Finds the persons in many picture files on all cores: in the given order, going on past bad ones.</summary>
    /// <param name="paths">Read lazily, a little ahead of the results.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public IEnumerable<PersonDetectionResult> DetectMany(IEnumerable<string> paths, CancellationToken cancellation = default) =>
        DetectMany(paths.Select(path => (path, (Func<byte[]>)(() => _reader.ReadBytes(path)))), cancellation);

    /// <summary>Finds the persons in many encoded pictures on all cores: in the given order, going on past bad ones.</summary>
    /// <param name="pictures">Names and contents; read lazily, a little ahead of the results.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public IEnumerable<PersonDetectionResult> DetectMany(
        IEnumerable<(string Name, byte[] Picture)> pictures,
        CancellationToken cancellation = default
    ) => DetectMany(pictures.Select(picture => (picture.Name, (Func<byte[]>)(() => picture.Picture))), cancellation);

    /// <summary>Frees the model. Detections under way elsewhere must have ended.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _model.Dispose();
        }
    }

    /// <summary>The bytes of a model file and of what suppresses overlapping boxes: one ONNX file, because protobuf joins what a message is
    /// given twice.</summary>
    internal static byte[] Joined(ModelPackage package, PackageEncoding encoding) =>
        [.. package.ReadBytes(encoding.File), .. package.ReadBytes(package.Manifest.Detection!.Suppression)];

    /// <summary>All boxes of one picture of the input's size, as shares of the input: what goldens hold.</summary>
    /// <param name="pixels">[height, width, 3] bytes of the input's size.</param>
    internal ImmutableArray<PackageGoldenBox> Shares(Memory<byte> pixels)
    {
        var rows = Rows(pixels);
        return
        [
            .. Enumerable
                .Range(0, rows.Length / Columns)
                .Select(row => rows.AsSpan(row * Columns, Columns).ToArray())
                .Select(row => new PackageGoldenBox(row[1], row[2], row[3], row[4], row[5])),
        ];
    }

    private static PersonDetector Load(ModelPackage package, EncodingChoice choice, PersonDetectorOptions? options)
    {
        options ??= new PersonDetectorOptions();
        if (options.Fault() is { } fault)
        {
            throw new ArgumentException($"Options of a detector have a fault: {fault}.", nameof(options));
        }

        var model = OnnxModel.Load(
            Joined(package, choice.Encoding),
            $"{package.PathOf(choice.Encoding.File)} and {package.Manifest.Detection!.Suppression}",
            new OnnxModelOptions { Threads = options.ThreadsPerPicture }
        );
        try
        {
            CheckModel(package, choice.Encoding, model);
            return new PersonDetector(package, choice, model, options);
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
        long[] wanted = [1, manifest.Input.Height, manifest.Input.Width, 3];
        if (
            model.Inputs is not [var input]
            || input.Name != manifest.Input.Tensor
            || input.Kind != TensorKind.UInt8
            || !input.Accepts(wanted)
            || model.Outputs.FirstOrDefault(output => output.Name == manifest.Output.Tensor) is not { Kind: TensorKind.Float } found
            || !found.Accepts([1, Columns])
        )
        {
            throw new PackageException(
                $"'{encoding.File}' and '{manifest.Detection!.Suppression}' in '{package.Folder}' take "
                    + $"{string.Join(", ", model.Inputs)} and "
                    + $"give {string.Join(", ", model.Outputs)}; the manifest promises {manifest.Input.Tensor} uint8 "
                    + $"[{string.Join(", ", wanted)}] and {manifest.Output.Tensor} float [?, {Columns}]. Export the package again."
            );
        }
    }

    private PersonDetections Detect(ReadOnlySpan<byte> picture, string name)
    {
        var pixels = ArrayPool<byte>.Shared.Rent(_spec.ByteCount);
        try
        {
            var header = _reader.ReadHeader(picture, name);
            _reader.ReadResized(picture, _spec, pixels.AsSpan(0, _spec.ByteCount), name);
            return Run(pixels, header.Width, header.Height);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private float[] Rows(Memory<byte> pixels)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _model.Run(pixels, [1, _spec.Height, _spec.Width, 3], _outputs)[0].Values;
    }

    private PersonDetections Run(byte[] pixels, int width, int height)
    {
        var rows = Rows(pixels.AsMemory(0, _spec.ByteCount));
        var plan = ResizePlan.For(width, height, _spec);
        var persons = ImmutableArray.CreateBuilder<DetectedPerson>();
        for (var at = 0; at < rows.Length; at += Columns)
        {
            if (rows[at + 1] >= _least && InPicture(plan, _spec, rows.AsSpan(at, Columns), width, height) is { } person)
            {
                persons.Add(person);
            }
        }

        // The model gives them so already; a box outside of every crop may be gone.
        persons.Sort((one, other) => other.Probability.CompareTo(one.Probability));
        return new PersonDetections(width, height, persons.ToImmutable());
    }

    /// <summary>A box from shares of the input to pixels of the picture; null where nothing of it is inside, in a padded border
    /// say.</summary>
    internal static DetectedPerson? InPicture(ResizePlan plan, ImageSpec spec, ReadOnlySpan<float> row, int width, int height)
    {
        double X(double share) => Math.Clamp(plan.CropLeft + (((share * spec.Width) - plan.Left) / plan.Width * plan.CropWidth), 0, width);
        double Y(double share) =>
            Math.Clamp(plan.CropTop + (((share * spec.Height) - plan.Top) / plan.Height * plan.CropHeight), 0, height);
        var (left, top, right, bottom) = (X(row[2]), Y(row[3]), X(row[4]), Y(row[5]));
        return right > left && bottom > top ? new DetectedPerson(row[1], left, top, right - left, bottom - top) : null;
    }

    private IEnumerable<PersonDetectionResult> DetectMany(
        IEnumerable<(string Name, Func<byte[]> Read)> pictures,
        CancellationToken cancellation
    )
    {
        var workers = _options.Parallelism == 0 ? Environment.ProcessorCount : _options.Parallelism;
        return OrderedParallel.Select(pictures, workers, Answer, cancellation);

        PersonDetectionResult Answer((string Name, Func<byte[]> Read) picture)
        {
            try
            {
                return new PersonDetectionResult(picture.Name, Detect(picture.Read(), picture.Name), null);
            }
            catch (ImageException exception)
            {
                return new PersonDetectionResult(picture.Name, null, exception);
            }
        }
    }
}
