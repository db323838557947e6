using System.Diagnostics;
using MLNetPerson.Prediction;

namespace MLNetPerson.Serving;

/// <summary>Decides how many pictures share a run; measures that once for each kind of network, not again for a network that was only
/// retrained.</summary>
internal sealed class BatchPlans(ServingOptions options, int workers)
{
    private const int LargestMeasured = 8;

    private const int LeastRounds = 3;

    private static readonly TimeSpan MeasuringTime = TimeSpan.FromSeconds(0.5);

    private readonly Dictionary<string, BatchPlan> _known = [];

    public BatchPlan For(PersonClassifier classifier)
    {
        if (options.MaxBatch > 0 || !classifier.TakesBatches)
        {
            return new BatchPlan(classifier.TakesBatches ? options.MaxBatch : 1, []);
        }

        var network = $"{classifier.Input} {classifier.Encoding.Name} {classifier.Package.Manifest.Backbone}";
        return _known.TryGetValue(network, out var plan) ? plan : _known[network] = Measure(classifier);
    }

    /// <summary>Pictures a second for sizes of 1 to 8, all workers busy. Takes about half a second.</summary>
    private BatchPlan Measure(PersonClassifier classifier)
    {
        int[] sizes = [1, 2, 4, LargestMeasured];
        var rates = sizes.Select(_ => new List<double>()).ToArray();
        var watch = Stopwatch.StartNew();
        for (var round = -1; round < LeastRounds || watch.Elapsed < MeasuringTime; round++)
        {
            for (var i = 0; i < sizes.Length; i++)
            {
                var rate = Rate(classifier, sizes[i]);
                if (round >= 0) // the first round warms up
                {
                    rates[i].Add(rate);
                }
            }
        }

        return BatchPlan.Choose([.. sizes.Select((size, i) => new BatchTiming(size, rates[i].Order().ElementAt(rates[i].Count / 2)))]);
    }

    /// <summary>One worker's turn is as many pictures for each size.</summary>
    private double Rate(PersonClassifier classifier, int size)
    {
        var watch = Stopwatch.StartNew();
        Task.WhenAll(
                Enumerable
                    .Range(0, workers)
                    .Select(_ =>
                        Task.Factory.StartNew(
                            () =>
                            {
                                var (pixels, probabilities) = (new byte[size * classifier.Input.ByteCount], new float[size]);
                                for (var done = 0; done < LargestMeasured; done += size)
                                {
                                    classifier.Run(pixels, size, probabilities);
                                }
                            },
                            CancellationToken.None,
                            TaskCreationOptions.LongRunning,
                            TaskScheduler.Default
                        )
                    )
            )
            .GetAwaiter()
            .GetResult();
        return workers * LargestMeasured / watch.Elapsed.TotalSeconds;
    }
}
