using System.Collections.Immutable;

namespace MLNetPerson.Serving;

/// <summary>How many pictures go through the model together, and what that was decided on.</summary>
/// <param name="Size">At most so many.</param>
/// <param name="Measured">Empty where nothing had to be measured.</param>
public sealed record BatchPlan(int Size, ImmutableArray<BatchTiming> Measured)
{
    /// <summary>What sharing a run must gain at least: it makes the first of the batch wait for the last.</summary>
    private const double LeastGain = 1.05;

    /// <summary>The smallest size that is nearly as fast as any, and 1 unless another is clearly faster.</summary>
    /// <param name="measured">Beginning with size 1.</param>
    internal static BatchPlan Choose(ImmutableArray<BatchTiming> measured)
    {
        var best = measured.Max(timing => timing.PicturesPerSecond);
        var size =
            best < LeastGain * measured[0].PicturesPerSecond
                ? 1
                : measured.First(timing => timing.PicturesPerSecond * LeastGain >= best).Size;
        return new BatchPlan(size, measured);
    }
}
