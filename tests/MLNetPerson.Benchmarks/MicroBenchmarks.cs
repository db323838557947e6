using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MLNetPerson.Images;
using MLNetPerson.Prediction;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks;

/// <summary>One row per step of a prediction, on a picture that the project draws itself.</summary>
[MemoryDiagnoser]
public class MicroBenchmarks
{
    private readonly ImageReader _reader = new();
    private readonly byte[] _pixels = new byte[224 * 224 * 3];
    private byte[] _jpeg = [];
    private byte[] _frame = [];
    private PersonClassifier? _classifier;
    private string _folder = "";

    public static void Run() =>
        BenchmarkRunner.Run<MicroBenchmarks>(DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));

    [GlobalSetup]
    public void Setup()
    {
        var scene = GoldenPictures.Draw(new ImageSpec(640, 480), seed: 1, figures: 3);
        (_jpeg, _frame) = (ImageWriter.EncodeJpeg(scene), scene.Pixels);
        _folder = Directory.CreateTempSubdirectory("mlnetperson-micro-").FullName;
        var photos = BenchmarkData.Photos();
        Retrainer
            .RetrainAsync(
                photos with
                {
                    Samples = [.. photos.Samples.Take(300)],
                },
                null,
                new RetrainOptions { Out = Path.Combine(_folder, "package"), Recipe = RecipeCatalog.Open("light") }
            )
            .GetAwaiter()
            .GetResult();
        _classifier = PersonClassifier.Load(Path.Combine(_folder, "package"));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _classifier?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark]
    public ImageHeader ReadHeader() => _reader.ReadHeader(_jpeg);

    [Benchmark]
    public void DecodeAndResize() => _reader.ReadResized(_jpeg, new ImageSpec(224, 224), _pixels);

    [Benchmark]
    public void ResizeFrame() => ImageReader.Resize(_frame, 640, 480, new ImageSpec(224, 224), _pixels);

    [Benchmark]
    public PersonPrediction PredictJpeg() => _classifier!.Predict(_jpeg);

    [Benchmark]
    public ActivationMap ExplainJpeg() => _classifier!.Explain(_jpeg);

    [Benchmark]
    public PersonPrediction PredictFrame() => _classifier!.Predict(_frame, 640, 480);
}
