namespace MLNetPerson.Tuning;

/// <summary>The learning rate of each step: a straight rise, then half a cosine down.</summary>
/// <remarks>I. Loshchilov and F. Hutter, SGDR: Stochastic gradient descent with warm restarts, ICLR 2017; without restarts.</remarks>
public static class LearningRate
{
    /// <summary>Range (0, rate].</summary>
    /// <param name="options">Largest and final rate, and how long the rise takes.</param>
    /// <param name="step">From 0.</param>
    /// <param name="steps">All of them.</param>
    public static double Of(TuningOptions options, long step, long steps)
    {
        var rise = (long)Math.Ceiling(options.WarmUp * steps);
        if (step < rise)
        {
            return options.Rate * (step + 1) / rise;
        }

        var done = steps <= rise + 1 ? 1 : (step - rise) / (double)(steps - rise - 1);
        var low = options.Rate * options.FinalRate;
        return low + ((options.Rate - low) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, done))));
    }
}
