using System.Collections.Immutable;
using System.Diagnostics;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;

namespace MLNetPerson.Benchmarking;

/// <summary>Times a package's encodings on this machine: in turns, so that what disturbs the machine disturbs them all.</summary>
public sealed class PackageBenchmark
{
    private const int WarmUpRuns = 10;

    /// <summary>How often each encoding has its turn.</summary>
    private const int Turns = 8;

    private readonly ModelPackage _package;
    private readonly byte[] _picture;
    private readonly BenchmarkOptions _options;
    private readonly Action<string>? _progress;
    private readonly CancellationToken _cancellation;

    private PackageBenchmark(ModelPackage package, byte[] picture, BenchmarkOptions options, Action<string>? progress, CancellationToken cancellation) =>
        (_package, _picture, _options, _progress, _cancellation) = (package, picture, options, progress, cancellation);

    /// <summary>Times every encoding at every number of threads.</summary>
    /// <param name="package">An open package.</param>
    /// <param name="picture">An encoded picture, of the kind that will be asked about: decoding takes its share.</param>
    /// <param name="options">What to time.</param>
    /// <param name="progress">Told before each measurement.</param>
    /// <param name="cancellation">Ends the work between two runs.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="PackageException">The package has no encoding of a name given.</exception>
    /// <exception cref="Images.ImageException">The picture cannot be decoded.</exception>
    public static ImmutableArray<EncodingTiming> Run(
        ModelPackage package, byte[] picture, BenchmarkOptions options, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        if (options.Fault() is { } fault)
        {
            throw new ArgumentException($"Options have faults: {fault}.", nameof(options));
        }

        return new PackageBenchmark(package, picture, options, progress, cancellation).Run();
    }

    private ImmutableArray<EncodingTiming> Run()
    {
        List<string> encodings = [.. _options.Encodings.IsEmpty ? _package.Manifest.Encodings.Select(encoding => encoding.Name) : _options.Encodings.Select(name => _package.Encoding(name).Name)];
        IEnumerable<int> threads = _options.Threads.IsEmpty ? new[] { 1, Environment.ProcessorCount }.Distinct() : _options.Threads.Distinct();
        return [.. threads.SelectMany(count => Time(encodings, count))];
    }

    private IEnumerable<EncodingTiming> Time(List<string> encodings, int threads)
    {
        var options = new PersonClassifierOptions { ThreadsPerPrediction = threads, Parallelism = Math.Max(1, Environment.ProcessorCount / threads) };
        var (models, classifiers) = (new List<OnnxModel>(), new List<PersonClassifier>());
        try
        {
            foreach (var encoding in encodings)
            {
                models.Add(OnnxModel.Load(_package.PathOf(_package.Encoding(encoding).File), new OnnxModelOptions { Threads = threads }));
                classifiers.Add(PersonClassifier.Load(_package.Folder, encoding, options));
            }

            var input = _package.Manifest.Input;
            var (pixels, probability) = (new byte[input.ToSpec().ByteCount], new float[1]);
            new Images.ImageReader().ReadResized(_picture, input.ToSpec(), pixels, "picture");
            _progress?.Invoke($"model alone, threads {threads}");
            var alone = Measure([.. models.Select(model => (Action)(() => model.Run<byte>(pixels, [1, input.Height, input.Width, 3], probability)))]);
            _progress?.Invoke($"picture to answer, threads {threads}");
            var whole = Measure([.. classifiers.Select(classifier => (Action)(() => classifier.Predict(_picture)))]);
            _progress?.Invoke($"many pictures, threads {threads}");
            return [.. encodings.Select((encoding, i) => new EncodingTiming(encoding, threads, alone[i], whole[i], PerSecond(classifiers[i])))];
        }
        finally
        {
            models.ForEach(model => model.Dispose());
            classifiers.ForEach(classifier => classifier.Dispose());
        }
    }

    private List<LatencySummary> Measure(List<Action> runs)
    {
        var times = runs.Select(_ => new List<double>()).ToList();
        foreach (var run in runs)
        {
            for (var i = 0; i < WarmUpRuns; i++)
            {
                run();
            }
        }

        for (var turn = 0; turn < Turns; turn++)
        {
            for (var i = 0; i < runs.Count; i++)
            {
                var start = Stopwatch.GetTimestamp();
                do
                {
                    _cancellation.ThrowIfCancellationRequested();
                    var before = Stopwatch.GetTimestamp();
                    runs[i]();
                    times[i].Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
                }
                while (Stopwatch.GetElapsedTime(start).TotalSeconds < _options.Seconds / Turns);
            }
        }

        return [.. times.Select(LatencySummary.Of)];
    }

    private double PerSecond(PersonClassifier classifier)
    {
        var watch = Stopwatch.StartNew();
        var pictures = Endless().TakeWhile(_ => watch.Elapsed.TotalSeconds < _options.Seconds);
        var count = classifier.PredictMany(pictures, _cancellation).Count();
        return count / watch.Elapsed.TotalSeconds;
    }

    private IEnumerable<(string Name, byte[] Picture)> Endless()
    {
        while (true)
        {
            yield return ("picture", _picture);
        }
    }
}
