using System.Diagnostics;
using System.Globalization;
using MLNetPerson.Serving;
using MLNetPerson.Timing;

namespace MLNetPerson.Benchmarks;

/// <summary>Many callers of one package: against the best that batches, threads and workers can do, and over 100,000 questions.</summary>
internal static class ServingBenchmark
{
    private const int Callers = 64;
    private const int Pictures = 192;

    /// <summary>Of a turn: about a second, so that starting and ending threads does not count.</summary>
    private const int Asked = 5 * Pictures;

    private const int Rounds = 5;
    private const int Questions = 100_000;
    private const int WarmQuestions = 10_000;

    public static void Run(string[] _)
    {
        var package = Path.Combine(BenchmarkData.Root, "models", "person");
        var jpegs = BenchmarkData.Photos().Only("dev").Samples.Take(Pictures).Select(sample => File.ReadAllBytes(sample.Path)).ToArray();
        var rows = new ResultRows();
        Throughput(rows, package, jpegs);
        Endurance(rows, package, jpegs);
        rows.Write("serving.csv");
    }

    /// <summary>All in turn within one run, so that the machine's moods hit all alike.</summary>
    private static void Throughput(ResultRows rows, string package, byte[][] jpegs)
    {
        var cores = Environment.ProcessorCount;
        (int Workers, int Threads, int Batch)[] ways =
        [
            .. new[] { (cores, 1), (1, cores) }
                .Distinct()
                .SelectMany(pair => new[] { 1, 2, 4, 8 }, (pair, batch) => (pair.Item1, pair.Item2, batch)),
        ];
        var classifiers = ways.Select(way =>
                PersonClassifier.Load(package, new PersonClassifierOptions { ThreadsPerPrediction = way.Threads })
            )
            .ToList();
        using var served = new ServedClassifier(new ServingOptions { Package = package });
        using var waiting = new ServedClassifier(
            new ServingOptions
            {
                Package = package,
                MaxBatch = 8,
                MaxBatchDelay = TimeSpan.FromMilliseconds(2),
            }
        );
        using var gathering = new ServedClassifier(new ServingOptions { Package = package, MaxBatch = 8 });

        // Compiled once more by the runtime after some calls, which the first turn is too short for.
        Task.WaitAll(Ask(served, jpegs, Questions / 20), Ask(gathering, jpegs, Questions / 20), Ask(waiting, jpegs, Questions / 20));
        var seconds = Timing.InTurn(
            Rounds,
            [
                .. ways.Select((way, i) => (Action)(() => Offline(classifiers[i], way.Workers, way.Batch, jpegs))),
                () => Ask(served, jpegs, Asked).Wait(),
                () => Ask(gathering, jpegs, Asked).Wait(),
                () => Ask(waiting, jpegs, Asked).Wait(),
            ]
        );
        classifiers.ForEach(classifier => classifier.Dispose());

        var rates = seconds.Select(one => Asked / one).ToArray();
        for (var i = 0; i < ways.Length; i++)
        {
            rows.Add(
                $"without callers: {ways[i].Workers} workers, {ways[i].Threads} threads a run, {ways[i].Batch} pictures a run",
                rates[i],
                "pictures/s"
            );
        }

        var best = rates[..ways.Length].Max();
        rows.Add(
            $"{Callers} callers, as it comes ({served.Status.Batch.Size} pictures a run were measured to be best)",
            rates[^3],
            "pictures/s"
        );
        rows.Add($"{Callers} callers, of the best without callers", rates[^3] / best, "ratio", "at least 0.9");
        rows.Add($"{Callers} callers, up to 8 that wait share a run", rates[^2], "pictures/s");
        rows.Add($"{Callers} callers, up to 8 share a run and wait 2 ms for each other", rates[^1], "pictures/s");
    }

    private static void Endurance(ResultRows rows, string package, byte[][] jpegs)
    {
        using var classifier = PersonClassifier.Load(package);
        var right = jpegs.Select(jpeg => classifier.Predict(jpeg).Probability).ToArray();
        var alone = LatencySummary.Of([.. jpegs.Select(jpeg => Milliseconds(() => classifier.Predict(jpeg)))]);
        using var served = new ServedClassifier(new ServingOptions { Package = package });

        var (wrong, latencies, watch) = (0, new List<double>(), Stopwatch.StartNew());
        var memory = (Managed: 0.0, Process: 0.0);
        for (var done = 0; done < Questions; done += WarmQuestions)
        {
            foreach (var (which, probability, milliseconds) in Ask(served, jpegs, WarmQuestions).Result)
            {
                wrong += Math.Abs(probability - right[which]) > 1e-6 ? 1 : 0;
                latencies.Add(milliseconds);
            }

            memory = done == 0 ? Memory() : memory;
        }

        var (elapsed, after) = (watch.Elapsed.TotalSeconds, Memory());
        var all = LatencySummary.Of(latencies);
        var share = (double)Callers / Environment.ProcessorCount;
        rows.Add(
            $"answers lost or unlike the sequential ones, of {Questions.ToString("N0", CultureInfo.InvariantCulture)} to {Callers} callers",
            wrong + Questions - latencies.Count,
            "answers",
            "0"
        );
        rows.Add("the same: pictures per second", Questions / elapsed, "pictures/s");
        rows.Add("one question with nobody else there, median", alone.P50, "ms");
        rows.Add($"one of {Callers}: median", all.P50, "ms");
        rows.Add($"one of {Callers}: 99 of 100 wait no longer than", all.P99, "ms");
        rows.Add(
            $"the same, of a question alone times the queue's share ({Callers} callers on {Environment.ProcessorCount} cores)",
            all.P99 / (alone.P50 * share),
            "ratio",
            "under 3"
        );
        rows.Add(
            $"managed memory gained over the last {(Questions - WarmQuestions).ToString("N0", CultureInfo.InvariantCulture)} questions",
            after.Managed - memory.Managed,
            "MB",
            "flat"
        );
        rows.Add("memory of the process gained over the same", after.Process - memory.Process, "MB", "flat");
    }

    /// <summary>What could be had if all pictures were there at once.</summary>
    private static void Offline(PersonClassifier classifier, int workers, int batch, byte[][] jpegs)
    {
        var next = 0;
        Task.WhenAll(
                Enumerable
                    .Range(0, workers)
                    .Select(_ =>
                        Task.Factory.StartNew(
                            () =>
                            {
                                var (pixels, probabilities) = (new byte[batch * classifier.Input.ByteCount], new float[batch]);
                                for (int first; (first = Interlocked.Add(ref next, batch) - batch) < Asked;)
                                {
                                    for (var i = 0; i < batch; i++)
                                    {
                                        classifier.Decode(
                                            jpegs[(first + i) % jpegs.Length],
                                            pixels.AsSpan(i * classifier.Input.ByteCount, classifier.Input.ByteCount)
                                        );
                                    }

                                    classifier.Run(pixels, batch, probabilities);
                                }
                            },
                            TaskCreationOptions.LongRunning
                        )
                    )
            )
            .Wait();
    }

    /// <summary>Every caller asks its next question when it has the answer to the one before.</summary>
    private static async Task<List<(int Which, float Probability, double Milliseconds)>> Ask(
        ServedClassifier served,
        byte[][] jpegs,
        int questions
    )
    {
        var next = -1;
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        var mine = new List<(int, float, double)>();
                        for (int i; (i = Interlocked.Increment(ref next)) < questions;)
                        {
                            var start = Stopwatch.GetTimestamp();
                            var answer = await served.PredictAsync(jpegs[i % jpegs.Length]);
                            mine.Add((i % jpegs.Length, answer.Probability, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
                        }

                        return mine;
                    })
                )
        );
        return [.. answers.SelectMany(mine => mine)];
    }

    private static double Milliseconds(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static (double Managed, double Process) Memory()
    {
        var managed = GC.GetTotalMemory(forceFullCollection: true) / 1e6;
        using var self = Process.GetCurrentProcess();
        return (managed, self.WorkingSet64 / 1e6);
    }
}
