namespace MLNetPerson.Training.Heads;

/// <summary>This project's own solver: L-BFGS in double precision, to the optimum.</summary>
public sealed class BuiltinSolver : IHeadSolver
{
    /// <summary>Largest gradient component at which a fit ends. While penalties are compared, a rougher one does: their order is settled
    /// long before.</summary>
    private const double FinalTolerance = 1e-6;
    private const double TrialTolerance = 1e-4;

    /// <inheritdoc/>
    public string Name => "builtin";

    /// <inheritdoc/>
    public bool UsesAllCores => true;

    /// <inheritdoc/>
    public bool GivesLogits => true;

    /// <inheritdoc/>
    public bool TakesSampleWeights => true;

    /// <inheritdoc/>
    public double[] Fit(HeadProblem problem, double l2, double[] start, bool isTrial, CancellationToken cancellation) =>
        LogisticRegression.Minimize(problem.Objective, l2, start, isTrial ? TrialTolerance : FinalTolerance, cancellation);
}
