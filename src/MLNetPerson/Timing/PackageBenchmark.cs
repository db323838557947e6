using System.Collections.Immutable;
using System.Diagnostics;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;

namespace MLNetPerson.Timing;

/// <summary>Times packages' encodings on this machine: in turns, so that what disturbs the machine disturbs them all.</summary>
public sealed class PackageBenchmark
{
    private readonly IReadOnlyList<TimedModel> _models;
    private readonly IReadOnlyList<string> _pictures;
    private readonly BenchmarkOptions _options;
    private readonly Action<string>? _progress;
    private readonly CancellationToken _cancellation;

    private PackageBenchmark(
        IReadOnlyList<TimedModel> models,
        IReadOnlyList<string> pictures,
        BenchmarkOptions options,
        Action<string>? progress,
        CancellationToken cancellation
    ) => (_models, _pictures, _options, _progress, _cancellation) = (models, pictures, options, progress, cancellation);

    /// <summary>Times every encoding of a package at every number of threads.</summary>
    /// <param name="package">An open package.</param>
    /// <param name="pictures">Files of the kind that will be asked about, asked for in turn: decoding takes its share.</param>
    /// <param name="options">What to time.</param>
    /// <param name="progress">Told before each measurement.</param>
    /// <param name="cancellation">Ends the work between two runs.</param>
    /// <returns>By threads, and by encoding in each.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or there is no picture.</exception>
    /// <exception cref="PackageException">The package has no encoding of a name given.</exception>
    /// <exception cref="ImageException">A picture cannot be read or decoded.</exception>
    public static ImmutableArray<EncodingTiming> Run(
        ModelPackage package,
        IReadOnlyList<string> pictures,
        BenchmarkOptions options,
        Action<string>? progress = null,
        CancellationToken cancellation = default
    ) =>
        Run(
            [
                .. (
                    options.Encodings.IsEmpty
                        ? package.Manifest.Encodings.Select(encoding => encoding.Name)
                        : options.Encodings.Select(name => package.Encoding(name).Name)
                ).Select(name => new TimedModel(package, name)),
            ],
            pictures,
            options,
            progress,
            cancellation
        );

    /// <summary>Times models of several packages beside each other: those of one package as
    /// <see cref="Run(ModelPackage, IReadOnlyList{string}, BenchmarkOptions, Action{string}?, CancellationToken)"/> does.</summary>
    /// <param name="models">What to time.</param>
    /// <param name="pictures">Files of the kind that will be asked about, asked for in turn.</param>
    /// <param name="options">How long and with how many threads; its encodings do not count here.</param>
    /// <param name="progress">Told before each measurement.</param>
    /// <param name="cancellation">Ends the work between two runs.</param>
    /// <returns>By threads, and by model in each.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or there is no picture.</exception>
    /// <exception cref="PackageException">A package has not the encoding named.</exception>
    /// <exception cref="ImageException">A picture cannot be read or decoded.</exception>
    public static ImmutableArray<EncodingTiming> Run(
        IReadOnlyList<TimedModel> models,
        IReadOnlyList<string> pictures,
        BenchmarkOptions options,
        Action<string>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (options.Fault() is { } fault)
        {
            throw new ArgumentException($"Options have faults: {fault}.", nameof(options));
        }

        if (pictures.Count == 0)
        {
            throw new ArgumentException("There is no picture to ask about.", nameof(pictures));
        }

        return new PackageBenchmark(models, pictures, options, progress, cancellation).Run();
    }

    private ImmutableArray<EncodingTiming> Run()
    {
        IEnumerable<int> threads = _options.Threads.IsEmpty
            ? new[] { 1, Environment.ProcessorCount }.Distinct()
            : _options.Threads.Distinct();
        return [.. threads.SelectMany(Time)];
    }

    private IEnumerable<EncodingTiming> Time(int threads)
    {
        var options = new PersonClassifierOptions
        {
            ThreadsPerPrediction = threads,
            Parallelism = Math.Max(1, Environment.ProcessorCount / threads),
        };
        var (models, classifiers) = (new List<OnnxModel>(), new List<PersonClassifier>());
        try
        {
            foreach (var (package, encoding) in _models)
            {
                var model = package.Encoding(encoding);
                models.Add(
                    OnnxModel.Load(
                        package.PathOf(model.File),
                        new OnnxModelOptions { Threads = threads, ExactIntegers = model.NeedsExactIntegers }
                    )
                );
                classifiers.Add(PersonClassifier.Load(package.Folder, encoding, options));
            }

            var shared = threads == 1 ? "1 thread" : $"{threads} threads";
            _progress?.Invoke($"model alone, {shared}");
            var alone = Turns.Measure(
                [.. models.Zip(_models, (model, timed) => Alone(model, timed.Package.Manifest.Input))],
                _options.Seconds,
                cancellation: _cancellation
            );
            _progress?.Invoke($"file to answer, {shared}");
            var whole = Turns.Measure([.. classifiers.Select(Whole)], _options.Seconds, cancellation: _cancellation);
            _progress?.Invoke($"many pictures, {shared}");
            var rates = Turns.Rates(
                [.. classifiers.Select(classifier => (Func<double, double>)(seconds => PerSecond(classifier, seconds)))],
                _options.Seconds
            );
            return
            [
                .. _models.Select(
                    (timed, i) =>
                        new EncodingTiming(timed.Encoding, threads, alone[i], whole[i], rates[i].Rate)
                        {
                            PicturesPerSecondLow = rates[i].Low,
                            PicturesPerSecondHigh = rates[i].High,
                        }
                ),
            ];
        }
        finally
        {
            models.ForEach(model => model.Dispose());
            classifiers.ForEach(classifier => classifier.Dispose());
        }
    }

    private Action Alone(OnnxModel model, PackageInput input)
    {
        var (pixels, probability) = (new byte[input.ToSpec().ByteCount], new float[1]);
        var reader = new ImageReader();
        reader.ReadResized(reader.ReadBytes(_pictures[0]), input.ToSpec(), pixels, _pictures[0]);
        return () => model.Run<byte>(pixels, [1, input.Height, input.Width, 3], probability);
    }

    private Action Whole(PersonClassifier classifier)
    {
        var next = 0;
        return () => classifier.Predict(_pictures[next++ % _pictures.Count]);
    }

    private double PerSecond(PersonClassifier classifier, double seconds)
    {
        var watch = Stopwatch.StartNew();
        var count = 0;
        foreach (var result in classifier.PredictMany(Endless().TakeWhile(_ => watch.Elapsed.TotalSeconds < seconds), _cancellation))
        {
            count++;
            _ = result.Error is { } error ? throw error : result;
        }

        return count / watch.Elapsed.TotalSeconds;
    }

    private IEnumerable<string> Endless()
    {
        for (var i = 0; ; i++)
        {
            yield return _pictures[i % _pictures.Count];
        }
    }
}
