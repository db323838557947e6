using System.Globalization;
using MLNetPerson.Prediction;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs;

/// <summary>A package beside the ready model that comes with the program, on the same pictures.</summary>
internal static class ReadyModelComparison
{
    /// <summary>The ready model: models/person of the repository, copied beside the program.</summary>
    public static string ReadyModel { get; } = Path.Combine(AppContext.BaseDirectory, "models", "person");

    /// <summary>Judges both and says which pictures decide between them.</summary>
    /// <param name="package">The other one.</param>
    /// <param name="unseen">Pictures that neither was trained on.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public static void Write(string package, Dataset unseen, CancellationToken cancellation)
    {
        using var ready = PersonClassifier.Load(ReadyModel);
        using var own = PersonClassifier.Load(package);
        var (theirs, ours) = (PackageEvaluator.Evaluate(ready, unseen, cancellation: cancellation), PackageEvaluator.Evaluate(own, unseen, cancellation: cancellation));
        var comparison = PairedComparison.Of(Decisions(theirs), Decisions(ours), [.. ours.Samples.Select(sample => sample.IsPerson)]);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\nThe ready model (models/person, {ready.Package.Manifest.Dataset.Samples} pictures) on the same {comparison.Samples} as {ready.Encoding.Name}: accuracy {theirs.Report.Accuracy}, ROC AUC {theirs.Report.RocAuc}.\n" +
            $"The new one as {own.Encoding.Name}: {ours.Report.Accuracy}, {ours.Report.RocAuc}; it is right on {comparison.Gained} that the ready one gets wrong and wrong on {comparison.Lost} that it gets right (p = {comparison.PValue:0.00})."));
    }

    private static bool[] Decisions(PackageEvaluation evaluation) => [.. evaluation.Probabilities.Select(probability => probability >= evaluation.Report.Threshold)];
}
