using System.Globalization;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Tuning;

/// <summary>Runs the learning rate range test on what a tuning starts from, with its own batches.</summary>
internal static class RateFinder
{
    public static RateTestResult Run(
        TuningOptions tuning,
        TunerInput input,
        RateTestOptions test,
        IProgress<RetrainProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var engine = new TrainingEngine(input.Graphs, input.Spec, tuning, input.Name);
        var batches = input.Batches(tuning);
        var epochs = (test.Steps + batches.PerEpoch - 1) / batches.PerEpoch;
        var (suggested, trials) = LearningRateTest.Run(
            engine,
            Enumerable
                .Range(0, epochs)
                .SelectMany(epoch => batches.Epoch(epoch, 0, input.Spec, cancellation))
                .Select(
                    (batch, step) =>
                    {
                        cancellation.ThrowIfCancellationRequested();
                        progress?.Report(
                            new RetrainProgress(
                                string.Create(CultureInfo.InvariantCulture, $"learning rate range test: step {step + 1} of {test.Steps}")
                            )
                        );
                        return batch;
                    }
                ),
            test.From,
            test.To,
            test.Steps
        );
        return trials.IsEmpty
            ? throw new TuningException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The loss was not finite at the first step, at a rate of {test.From:0.0e+0}: the pictures, weights or teachers are at "
                        + $"fault, no rate helps."
                )
            )
            : new RateTestResult(suggested, tuning.Rate, trials.Length < test.Steps, trials);
    }
}
