using System.Diagnostics;
using MLNetPerson.Prediction;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Retraining;

/// <summary>Measures a package on a dataset, through the same door that applications use.</summary>
public static class PackageEvaluator
{
    /// <summary>Predicts every picture and compares with its label.</summary>
    /// <param name="classifier">An open package.</param>
    /// <param name="dataset">With labels.</param>
    /// <param name="maxBad">More unusable pictures than this end the run.</param>
    /// <param name="progress">Told after each picture.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    /// <exception cref="FeatureException">No picture, or fewer than <paramref name="maxBad"/> allows, could be used.</exception>
    public static PackageEvaluation Evaluate(
        PersonClassifier classifier,
        Dataset dataset,
        int maxBad = int.MaxValue,
        IProgress<FeatureProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        List<(Sample Sample, double Probability)> judged = [];
        List<SkippedSample> skipped = [];
        var watch = Stopwatch.StartNew();
        var results = classifier.PredictMany(dataset.Samples.Select(sample => sample.Path), cancellation);
        foreach (var (sample, result) in dataset.Samples.Zip(results))
        {
            if (result.Prediction is { } prediction)
            {
                judged.Add((sample, prediction.Probability));
            }
            else
            {
                skipped.Add(new SkippedSample(sample, result.Error!.Reason));
                if (skipped.Count > maxBad)
                {
                    throw new FeatureException(
                        $"More than {maxBad} pictures could not be used, which is the limit that was given. '{sample.File}': "
                            + $"{result.Error.Reason}"
                    );
                }
            }

            progress?.Report(new FeatureProgress(judged.Count + skipped.Count, dataset.Samples.Length, 0, skipped.Count));
        }

        var seconds = watch.Elapsed.TotalSeconds;
        if (judged.Count == 0)
        {
            throw new FeatureException(
                $"None of the {dataset.Samples.Length} pictures could be used. '{skipped[0].Sample.File}': {skipped[0].Reason}"
            );
        }

        double[] probabilities = [.. judged.Select(pair => pair.Probability)];
        bool[] labels = [.. judged.Select(pair => pair.Sample.IsPerson)];
        var report = Evaluator.Evaluate(probabilities, labels, (float)classifier.Package.Manifest.Threshold);
        return new PackageEvaluation(
            report,
            [.. judged.Select(pair => pair.Sample)],
            [.. probabilities],
            [.. skipped],
            judged.Count / seconds
        );
    }
}
