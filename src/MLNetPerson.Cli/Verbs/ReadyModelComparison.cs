using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Cli.Verbs;

/// <summary>A package beside the ready model that comes with the program, on the same pictures.</summary>
internal static class ReadyModelComparison
{
    /// <summary>Judges both and says which pictures decide between them.</summary>
    /// <param name="package">The other one.</param>
    /// <param name="unseen">Pictures that neither was trained on.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public static void Write(string package, Dataset unseen, CancellationToken cancellation)
    {
        using var ready = PersonClassifier.Load(ReadyModel.Folder);
        using var own = PersonClassifier.Load(package);
        var answers = unseen
            .Samples.AsParallel()
            .AsOrdered()
            .WithCancellation(cancellation)
            .Select(sample => Ask(ready, own, sample))
            .OfType<Answers>()
            .ToList();
        bool[] labels = [.. answers.Select(answer => answer.IsPerson)];
        var comparison = PairedComparison.Of(
            [.. answers.Select(answer => answer.Ready.IsPerson)],
            [.. answers.Select(answer => answer.Own.IsPerson)],
            labels
        );
        var theirs = Report(ready.Package.Manifest, answers.Select(answer => answer.Ready), labels);
        var ours = Report(own.Package.Manifest, answers.Select(answer => answer.Own), labels);
        Console.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\nThe ready model (models/person, {ready.Package.Manifest.Dataset.Samples} pictures) on the same {comparison.Samples} as "
                    + $"{ready.Encoding.Name}: accuracy {theirs.Accuracy}, ROC AUC {theirs.RocAuc}.\n"
                    + $"The new one as {own.Encoding.Name}: {ours.Accuracy}, {ours.RocAuc}; it is right on {comparison.Gained} that the "
                    + $"ready one gets wrong and wrong on {comparison.Lost} that it gets right (p = {comparison.PValue:0.00})."
            )
        );
    }

    /// <summary>Both answers from one decoding, where both models see pictures alike; null where the picture cannot be used.</summary>
    private static Answers? Ask(PersonClassifier ready, PersonClassifier own, Sample sample)
    {
        try
        {
            var spec = own.Package.Manifest.Input.ToSpec();
            if (ready.Package.Manifest.Input.ToSpec() != spec)
            {
                return new Answers(sample.IsPerson, ready.Predict(sample.Path), own.Predict(sample.Path));
            }

            var (reader, pixels) = (new ImageReader(), new byte[spec.ByteCount]);
            reader.ReadResized(reader.ReadBytes(sample.Path), spec, pixels, sample.File);
            return new Answers(
                sample.IsPerson,
                ready.Predict(pixels, spec.Width, spec.Height),
                own.Predict(pixels, spec.Width, spec.Height)
            );
        }
        catch (ImageException)
        {
            return null; // the retrain has listed it
        }
    }

    private static EvaluationReport Report(PackageManifest manifest, IEnumerable<PersonPrediction> predictions, bool[] labels) =>
        Evaluator.Evaluate([.. predictions.Select(prediction => (double)prediction.Probability)], labels, (float)manifest.Threshold);

    private sealed record Answers(bool IsPerson, PersonPrediction Ready, PersonPrediction Own);
}
