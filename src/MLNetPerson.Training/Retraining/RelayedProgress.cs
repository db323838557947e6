namespace MLNetPerson.Training.Retraining;

/// <summary>Lets other rooms report to whoever follows a retrain.</summary>
internal static class RelayedProgress
{
    /// <summary>Takes another kind of progress and hands it on as a step of this one; null where nobody listens.</summary>
    public static IProgress<T>? Relayed<T>(this IProgress<RetrainProgress>? progress, Func<T, RetrainProgress> step) =>
        progress is null ? null : new Relay<T>(value => progress.Report(step(value)));
}
