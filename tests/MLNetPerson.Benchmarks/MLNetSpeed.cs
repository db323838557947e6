using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Transforms.Onnx;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.MLNet.Pictures;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.MLNet.Serving;
using MLNetPerson.Prediction;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks;

/// <summary>Pictures per second of both chains in one run, and the shared engine under threads.</summary>
internal static class MLNetSpeed
{
    private const int Pictures = 400;
    private const int SmallInput = 96;
    private const int CameraPictures = 60;
    private const int Rounds = 5;
    private const int LargeRounds = 3;
    private const int Predictions = 10_000;
    private const int Threads = 8;

    public static void Run(MLContext ml, Dataset dev, string zip)
    {
        // A head's weights take no time: few pictures will do for fitting.
        var small = dev with
        {
            Samples = [.. dev.Samples.Take(Pictures)],
        };
        var careful = ml.PersonPipeline().Fit(MLNetBenchmark.View(ml, small));
        var classic = ml.PersonPipeline(new PersonPipelineOptions { Chain = PersonChain.Classic }).Fit(MLNetBenchmark.View(ml, small));
        ml.Model.Save(careful, MLNetBenchmark.View(ml, small).Schema, zip);
        using var engine = new PersonPredictionEngine(ml, careful);
        var rows = new ResultRows();
        rows.AddRange(Rates(ml, careful, classic, engine, zip, small));
        rows.AddRange(SmallNetwork(ml, small));
        rows.AddRange(Large(ml, careful, classic));
        rows.AddRange(Batches(ml, small));
        rows.AddRange(UnderThreads(engine, small));
        rows.Write("mlnet-speed.csv");
    }

    private static List<(string What, double Value, string Unit, string Promise)> Rates(
        MLContext ml,
        ITransformer careful,
        ITransformer classic,
        PersonPredictionEngine engine,
        string zip,
        Dataset small
    )
    {
        const string Set = "256-pixel pictures";
        var view = MLNetBenchmark.View(ml, small);
        var single = new MLContext();
        single.SetOnnxSessionOption(new OnnxSessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 });
        var (plain, told, restored) = (
            new MLContext().Model.Load(zip, out _),
            single.Model.Load(zip, out _),
            ml.LoadPersonModel(zip, out _)
        );
        using var classicEngine = new PersonPredictionEngine(ml, classic);
        (string What, Action Work)[] ways =
        [
            ("careful chain", () => Read(careful.Transform(view), view)),
            ("classic chain", () => Read(classic.Transform(view), view)),
            ("careful chain read back by LoadPersonModel", () => Read(restored.Transform(view), view)),
            ("careful chain read back by Model.Load", () => Read(plain.Transform(view), view)),
            ("careful chain read back by Model.Load, told to take one thread a run", () => Read(told.Transform(view), view)),
            ("careful chain, one shared engine, one caller", () => small.Samples.ToList().ForEach(sample => engine.Predict(sample.Path))),
            (
                "careful chain, one shared engine, callers on all cores",
                () => Parallel.ForEach(small.Samples, sample => engine.Predict(sample.Path))
            ),
            ("classic chain, one engine, one caller", () => small.Samples.ToList().ForEach(sample => classicEngine.Predict(sample.Path))),
        ];
        var rates = Timing.InTurn(Rounds, [.. ways.Select(way => way.Work)]).Select(seconds => small.Samples.Length / seconds).ToArray();
        return
        [
            .. ways.Zip(rates, (way, rate) => ($"{Set}: {way.What}", rate, "pictures/s", "")),
            ($"{Set}: careful chain of classic chain", rates[0] / rates[1], "ratio", "at least 2"),
        ];
    }

    /// <summary>The smaller the network's input, the more the pictures themselves cost.</summary>
    private static List<(string What, double Value, string Unit, string Promise)> SmallNetwork(MLContext ml, Dataset small)
    {
        var view = MLNetBenchmark.View(ml, small);
        var recipe = RecipeCatalog.Open(RecipeCatalog.DefaultName) with { Input = new ImageSpec(SmallInput, SmallInput) };
        var models = new[] { PersonChain.Careful, PersonChain.Classic }
            .Select(chain => ml.PersonPipeline(new PersonPipelineOptions { Chain = chain, Recipe = recipe }).Fit(view))
            .ToList();
        return Compare($"256-pixel pictures, network at {SmallInput} x {SmallInput}", view, models[0], models[1], Rounds);
    }

    private static List<(string What, double Value, string Unit, string Promise)> Compare(
        string set,
        IDataView view,
        ITransformer careful,
        ITransformer classic,
        int rounds
    )
    {
        var pictures = (double)view.GetRowCount()!;
        var seconds = Timing.InTurn(rounds, () => Read(careful.Transform(view), view), () => Read(classic.Transform(view), view));
        return
        [
            ($"{set}: careful chain", pictures / seconds[0], "pictures/s", ""),
            ($"{set}: classic chain", pictures / seconds[1], "pictures/s", ""),
            ($"{set}: careful chain of classic chain", seconds[1] / seconds[0], "ratio", "at least 2"),
        ];
    }

    /// <summary>The demo's photographs as they are published, and the same at a camera's size.</summary>
    private static List<(string What, double Value, string Unit, string Promise)> Large(
        MLContext ml,
        ITransformer careful,
        ITransformer classic
    )
    {
        var folder = Directory.CreateTempSubdirectory("mlnetperson-cameras-").FullName;
        try
        {
            var demo = DemoPhotographs();
            List<(string What, double Value, string Unit, string Promise)> rows = [];
            foreach (
                var (set, dataset) in new[]
                {
                    ("photographs of the demo", demo),
                    ("the same at 12 megapixels", MLNetCamera.Write(demo, CameraPictures, folder)),
                }
            )
            {
                rows.AddRange(Compare(set, MLNetBenchmark.View(ml, dataset), careful, classic, LargeRounds));
            }

            return rows;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static Dataset DemoPhotographs()
    {
        var demo = DemoPhotos.BringAsync(CacheFolder.Sub("demo")).GetAwaiter().GetResult();
        return demo with { Samples = [.. demo.Samples.Where(sample => Path.GetExtension(sample.Path) is ".jpg" or ".jpeg")] };
    }

    private static IEnumerable<(string What, double Value, string Unit, string Promise)> Batches(MLContext ml, Dataset small)
    {
        var view = MLNetBenchmark.View(ml, small);
        int[] sizes = [1, 2, 4, 8, 16];
        var models = sizes
            .Select(size =>
                ml.PersonPipeline(
                        new PersonPipelineOptions
                        {
                            Features = new PersonFeatureOptions { BatchSize = size },
                            Standardize = false,
                            CacheFeatures = false,
                            Trainer = ml.Transforms.CopyColumns("Read", "Features"),
                        }
                    )
                    .Fit(view)
            )
            .ToList();
        var seconds = Timing.InTurn(Rounds, [.. models.Select(model => (Action)(() => ReadFeatures(model.Transform(view))))]);
        return sizes.Zip(
            seconds,
            (size, time) => ($"features of 256-pixel pictures in batches of {size}", small.Samples.Length / time, "pictures/s", "")
        );
    }

    private static void ReadFeatures(IDataView view)
    {
        using var cursor = view.GetRowCursor([view.Schema["Features"]]);
        while (cursor.MoveNext()) { }
    }

    /// <summary>As a program reads scores: one row after another.</summary>
    private static void Read(IDataView scored, IDataView source)
    {
        var column = scored.Schema["Probability"];
        using var cursor = scored.GetRowCursor([column]);
        var getter = cursor.GetGetter<float>(column);
        var (value, rows) = (0f, 0L);
        for (; cursor.MoveNext(); rows++)
        {
            getter(ref value);
        }

        if (rows != source.GetRowCount())
        {
            throw new InvalidOperationException($"{rows} rows came out of {source.GetRowCount()}.");
        }
    }

    private static IEnumerable<(string, double, string, string)> UnderThreads(PersonPredictionEngine engine, Dataset some)
    {
        var pictures = some.Samples.Select(sample => File.ReadAllBytes(sample.Path)).ToArray();
        PersonPrediction[] alone = [.. pictures.Select(picture => engine.Predict(picture))];
        var wrong = Ask(engine, pictures, alone);

        // The first time round threads, engines and the allocator's pools come into being; from then on nothing may grow.
        var before = Settled();
        wrong += Ask(engine, pictures, alone);
        var after = Settled();
        yield return (
            $"answers unlike the sequential ones: {Threads} threads, twice {Predictions:N0} predictions on one shared engine",
            wrong,
            "answers",
            "0"
        );
        yield return (
            $"managed memory gained over the second {Predictions:N0} predictions",
            (after.Managed - before.Managed) / 1e6,
            "MB",
            "flat"
        );
        yield return (
            $"memory of the process gained over the second {Predictions:N0} predictions",
            (after.Process - before.Process) / 1e6,
            "MB",
            "flat"
        );
    }

    private static int Ask(PersonPredictionEngine engine, byte[][] pictures, PersonPrediction[] alone)
    {
        var wrong = 0;
        var threads = Enumerable
            .Range(0, Threads)
            .Select(thread => new Thread(() =>
            {
                for (var i = thread; i < Predictions; i += Threads)
                {
                    if (engine.Predict(pictures[i % pictures.Length]) != alone[i % pictures.Length])
                    {
                        Interlocked.Increment(ref wrong);
                    }
                }
            }))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return wrong;
    }

    private static (long Managed, long Process) Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(forceFullCollection: true), self.WorkingSet64);
    }
}
