using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MLNetPerson.Inference;

/// <summary>A loaded ONNX model on the CPU. Runs may overlap: it is thread-safe until it is disposed.</summary>
public sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string _name;

    /// <summary>The defaults, which no run changes: made once, because making them costs as much as a small layer.</summary>
    private readonly RunOptions _options;

    private OnnxModel(InferenceSession session, string name)
    {
        _session = session;
        _options = new RunOptions();
        _name = name;
        Inputs = [.. session.InputMetadata.Select(Describe)];
        Outputs = [.. session.OutputMetadata.Select(Describe)];
    }

    /// <summary>What the model takes, in its own order.</summary>
    public ImmutableArray<TensorSpec> Inputs { get; }

    /// <summary>What the model gives, in its own order.</summary>
    public ImmutableArray<TensorSpec> Outputs { get; }

    /// <summary>ONNX Runtime's version, e.g. "1.29.0".</summary>
    public static string RuntimeVersion => OnnxEnvironment.Instance.GetVersionString();

    /// <summary>Loads a model file.</summary>
    /// <exception cref="OnnxModelException">It cannot be read or is not a model that this ONNX Runtime runs.</exception>
    public static OnnxModel Load(string path, OnnxModelOptions? options = null)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OnnxModelException($"Model '{path}' cannot be read: {exception.Message}", exception);
        }

        return Load(bytes, path, options);
    }

    /// <summary>Loads a model from memory.</summary>
    /// <param name="bytes">The ONNX file's content.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <param name="options">How to run it.</param>
    /// <exception cref="OnnxModelException">Not a model that this ONNX Runtime runs.</exception>
    public static OnnxModel Load(byte[] bytes, string name, OnnxModelOptions? options = null)
    {
        using var settings = Settings(options ?? new OnnxModelOptions());
        try
        {
            return new OnnxModel(new InferenceSession(bytes, settings), name);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException(
                $"Model '{name}' cannot be loaded by ONNX Runtime {RuntimeVersion}: {exception.Message}",
                exception
            );
        }
    }

    /// <summary>Runs a model of one input and one float output, into memory of the caller's.</summary>
    /// <typeparam name="T"><see cref="byte"/> or <see cref="float"/>, as the input declares.</typeparam>
    /// <param name="input">Row-major values of <paramref name="shape"/>.</param>
    /// <param name="shape">The input's dimensions, batch first.</param>
    /// <param name="output">Receives the output: the batch size times its values per picture.</param>
    /// <exception cref="OnnxModelException">Shape or type do not fit the model, or it fails while running.</exception>
    public void Run<T>(Memory<T> input, ReadOnlySpan<long> shape, Memory<float> output)
        where T : unmanaged
    {
        var spec = CheckInput<T>(input.Length, shape);
        var dimensions = OutputShape(shape[0], output.Length);
        using var from = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input, shape.ToArray());
        using var to = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, output, dimensions);
        Guarded(() =>
        {
            _session.Run(_options, [spec.Name], [from], [Outputs[0].Name], [to]);
            return 0;
        });
    }

    /// <summary>Runs a model of one input and returns the float outputs that are named, or all of them.</summary>
    /// <typeparam name="T"><see cref="byte"/> or <see cref="float"/>, as the input declares.</typeparam>
    /// <exception cref="OnnxModelException">Shape, type or names do not fit the model, or it fails while running.</exception>
    public ImmutableArray<FloatTensor> Run<T>(Memory<T> input, ReadOnlySpan<long> shape, IReadOnlyCollection<string>? outputs = null)
        where T : unmanaged
    {
        var spec = CheckInput<T>(input.Length, shape);
        var names = outputs ?? [.. Outputs.Select(output => output.Name)];
        foreach (var name in names)
        {
            var output =
                Outputs.FirstOrDefault(candidate => candidate.Name == name)
                ?? throw new OnnxModelException(
                    $"Model '{_name}' has no output '{name}'; it has {string.Join(", ", Outputs.Select(o => o.Name))}."
                );
            _ =
                output.Kind == TensorKind.Float
                    ? output
                    : throw new OnnxModelException($"Model '{_name}': output '{output}' is not float, so it cannot be read here.");
        }

        using var from = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input, shape.ToArray());
        return Guarded(() =>
        {
            using var results = _session.Run(_options, [spec.Name], [from], names);
            return names
                .Select(
                    (name, index) =>
                        new FloatTensor(
                            name,
                            [.. results[index].GetTensorTypeAndShape().Shape],
                            results[index].GetTensorDataAsSpan<float>().ToArray()
                        )
                )
                .ToImmutableArray();
        });
    }

    /// <summary>Frees the model. Runs under way elsewhere must have ended.</summary>
    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }

    private static SessionOptions Settings(OnnxModelOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        _ = OnnxEnvironment.Instance;
        var settings = new SessionOptions
        {
            IntraOpNumThreads = options.Threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel =
                options.Optimization == GraphOptimization.None
                    ? GraphOptimizationLevel.ORT_DISABLE_ALL
                    : GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", options.Spin ? "1" : "0");
        settings.AddSessionConfigEntry("session.x64quantprecision", options.ExactIntegers ? "1" : "0");
        if (options.OptimizedModelPath is { } path)
        {
            settings.OptimizedModelFilePath = path;
        }

        return settings;
    }

    private static TensorSpec Describe(KeyValuePair<string, NodeMetadata> entry)
    {
        var kind = !entry.Value.IsTensor
            ? TensorKind.Other
            : entry.Value.ElementDataType switch
            {
                TensorElementType.Float => TensorKind.Float,
                TensorElementType.UInt8 => TensorKind.UInt8,
                _ => TensorKind.Other,
            };
        return new TensorSpec(
            entry.Key,
            kind,
            entry.Value.IsTensor ? [.. entry.Value.Dimensions.Select(dimension => (long)dimension)] : []
        );
    }

    private TensorSpec CheckInput<T>(int length, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        if (Inputs.Length != 1)
        {
            throw new OnnxModelException(
                $"Model '{_name}' has {Inputs.Length} inputs ({string.Join(", ", Inputs)}); models of one input are run here."
            );
        }

        var kind =
            typeof(T) == typeof(float) ? TensorKind.Float
            : typeof(T) == typeof(byte) ? TensorKind.UInt8
            : TensorKind.Other;
        long product = 1;
        foreach (var dimension in shape)
        {
            product *= dimension;
        }

        return kind == Inputs[0].Kind && kind != TensorKind.Other && Inputs[0].Accepts(shape) && product == length
            ? Inputs[0]
            : throw new OnnxModelException(
                $"Model '{_name}' takes {Inputs[0]}; it was given {length} values of {typeof(T).Name} as ["
                    + $"{string.Join(", ", shape.ToArray())}]."
            );
    }

    private long[] OutputShape(long batch, int length)
    {
        var output = Outputs[0];
        var dimensions = output.Shape.ToArray();
        if (dimensions.Length > 0)
        {
            dimensions[0] = dimensions[0] < 0 ? batch : dimensions[0];
        }

        return
            Outputs.Length == 1
            && output.Kind == TensorKind.Float
            && dimensions.All(d => d >= 0)
            && dimensions.Aggregate(1L, (a, b) => a * b) == length
            ? dimensions
            : throw new OnnxModelException(
                $"Model '{_name}' gives {string.Join(", ", Outputs)}; {length} floats for a batch of {batch} do not fit that."
            );
    }

    private T Guarded<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException($"Model '{_name}' failed while running: {exception.Message}", exception);
        }
    }
}
