using System.Collections.Immutable;
using MLNetPerson.Tuning.Batches;

namespace MLNetPerson.Tuning;

/// <summary>A rate and the loss that it led to.</summary>
/// <param name="Rate">Learning rate.</param>
/// <param name="Loss">Smoothed loss after its step.</param>
public readonly record struct RateTrial(double Rate, double Loss);

/// <summary>
/// Finds a learning rate: raises it step by step until the loss grows, and suggests a tenth of the rate at which the loss was smallest. The
/// weights are thrown away afterwards.
/// </summary>
/// <remarks>L. Smith, Cyclical learning rates for training neural networks, WACV 2017, section 3.3.</remarks>
internal static class LearningRateTest
{
    /// <summary>Of the smoothed loss.</summary>
    private const double Smoothing = 0.9;

    /// <summary>A loss so many times the smallest ends the test.</summary>
    private const double Diverged = 2;

    /// <summary>Runs the test.</summary>
    /// <param name="engine">At its starting weights; they are changed.</param>
    /// <param name="batches">At least <paramref name="steps"/> of them.</param>
    /// <param name="from">First rate.</param>
    /// <param name="to">Last rate.</param>
    /// <param name="steps">Range [10, ∞).</param>
    public static (double Suggested, ImmutableArray<RateTrial> Trials) Run(
        TrainingEngine engine,
        IEnumerable<Batch> batches,
        double from,
        double to,
        int steps
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 10);
        var trials = ImmutableArray.CreateBuilder<RateTrial>();
        double smooth = 0;
        foreach (var (index, batch) in batches.Take(steps).Index())
        {
            var rate = from * Math.Pow(to / from, index / (double)(steps - 1));
            var loss = engine.Step(batch, rate, index + 1);
            smooth = (Smoothing * smooth) + ((1 - Smoothing) * loss);
            var unbiased = smooth / (1 - Math.Pow(Smoothing, index + 1));
            if (!double.IsFinite(unbiased) || (trials.Count > 10 && unbiased > Diverged * trials.Min(trial => trial.Loss)))
            {
                break;
            }

            trials.Add(new RateTrial(rate, unbiased));
        }

        return (trials.MinBy(trial => trial.Loss).Rate / 10, trials.ToImmutable());
    }
}
