namespace MLNetPerson.Training.Heads;

/// <summary>Fits a linear head at one penalty. What is around it (standardisation, the choice of the penalty, calibration) is
/// <see cref="HeadTrainer"/>'s.</summary>
public interface IHeadSolver
{
    /// <summary>What a manifest calls it, for example "builtin" or "mlnet:lbfgs".</summary>
    string Name { get; }

    /// <summary>Whether one fit uses all cores. Where not, the folds of a cross-validation are fitted side by side.</summary>
    bool UsesAllCores { get; }

    /// <summary>Whether weights · features + bias is a logit. Where it is only a margin, a calibration has to make it one.</summary>
    bool GivesLogits { get; }

    /// <summary>Whether samples may count differently.</summary>
    bool TakesSampleWeights { get; }

    /// <summary>Fits. The same problem, penalty and start give the same parameters, however many cores there are.</summary>
    /// <param name="problem">What to fit on.</param>
    /// <param name="l2">The factor of ‖w‖²/2 beside the mean log loss, or what comes nearest to that in this solver.</param>
    /// <param name="start">Parameters to start from, or to disregard; not changed.</param>
    /// <param name="isTrial">Whether penalties are only being compared: a rougher solution does.</param>
    /// <param name="cancellation">Ends the fit.</param>
    /// <returns>A weight per standardised feature, then the bias.</returns>
    /// <exception cref="HeadException">This solver cannot fit that problem; the message says why and what can.</exception>
    double[] Fit(HeadProblem problem, double l2, double[] start, bool isTrial, CancellationToken cancellation);
}
