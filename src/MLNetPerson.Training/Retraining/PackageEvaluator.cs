using System.Buffers.Binary;
using System.Diagnostics;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;
using MLNetPerson.Work;

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
        return Evaluate(
            classifier,
            dataset,
            maxBad,
            () =>
                classifier
                    .PredictMany(dataset.Samples.Select(sample => sample.Path), cancellation)
                    .Select(result => ((double?)result.Prediction?.Probability, result.Error)),
            progress
        );
    }

    /// <summary>Judges one shard's pictures of a dataset and keeps the answers in a folder that many processes share;
    /// <see cref="Evaluate(PersonClassifier, Dataset, string, int, IProgress{FeatureProgress}?, CancellationToken)"/> makes numbers of
    /// them.</summary>
    /// <param name="classifier">An open package.</param>
    /// <param name="samples">The whole dataset.</param>
    /// <param name="shard">Which part is this process's.</param>
    /// <param name="folder">The shared folder.</param>
    /// <param name="maxBad">More unusable pictures than this end the run.</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellation">Ends the work between two pictures; what was done is kept.</param>
    /// <exception cref="FeatureException">No picture, or fewer than <paramref name="maxBad"/> allows, could be used.</exception>
    /// <exception cref="IOException">The folder cannot be written; what was done is kept.</exception>
    public static ShardReport Judge(
        PersonClassifier classifier,
        IEnumerable<Sample> samples,
        Shard shard,
        string folder,
        int maxBad = int.MaxValue,
        IProgress<FeatureProgress>? progress = null,
        CancellationToken cancellation = default
    ) => AnswerCache.Judge(classifier, samples, shard, folder, maxBad, progress, cancellation);

    /// <summary>Like <see cref="Evaluate(PersonClassifier, Dataset, int, IProgress{FeatureProgress}?, CancellationToken)"/>, with the
    /// answers
    /// of a folder that many processes share; what is missing there is judged here and added.</summary>
    /// <param name="classifier">An open package.</param>
    /// <param name="dataset">With labels.</param>
    /// <param name="folder">The shared folder.</param>
    /// <param name="maxBad">More unusable pictures than this end the run.</param>
    /// <param name="progress">Told after each picture.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public static PackageEvaluation Evaluate(
        PersonClassifier classifier,
        Dataset dataset,
        string folder,
        int maxBad = int.MaxValue,
        IProgress<FeatureProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        AnswerCache.Judge(classifier, dataset.Samples, Shard.Whole, folder, maxBad, progress, cancellation);
        using var answers = AnswerCache.Open(classifier, folder, Shard.Whole);
        using var names = new NameLedger(answers.Folder);
        return Evaluate(
            classifier,
            dataset,
            maxBad,
            () => dataset.Samples.Select(sample => Answer(classifier, answers, names, sample)),
            null
        );
    }

    private static (double? Probability, ImageException? Error) Answer(
        PersonClassifier classifier,
        RecordFolder answers,
        NameLedger names,
        Sample sample
    )
    {
        try
        {
            var hash = PictureFile.Known(sample, names, out _);
            if (hash is null)
            {
                _ = PictureFile.Read(new ImageReader(), sample, out hash);
            }

            Span<byte> probability = stackalloc byte[sizeof(double)];

            // What is not there could not be judged a moment ago either; asked again, it says why.
            return answers.TryRead(Convert.FromHexString(hash), probability)
                ? (BinaryPrimitives.ReadDoubleLittleEndian(probability), null)
                : (classifier.Predict(sample.Path).Probability, null);
        }
        catch (ImageException exception)
        {
            return (null, exception);
        }
    }

    private static PackageEvaluation Evaluate(
        PersonClassifier classifier,
        Dataset dataset,
        int maxBad,
        Func<IEnumerable<(double? Probability, ImageException? Error)>> judge,
        IProgress<FeatureProgress>? progress
    )
    {
        List<(Sample Sample, double Probability)> judged = [];
        List<SkippedSample> skipped = [];
        var watch = Stopwatch.StartNew();
        foreach (var (sample, (probability, error)) in dataset.Samples.Zip(judge()))
        {
            if (probability is { } answer)
            {
                judged.Add((sample, answer));
            }
            else
            {
                skipped.Add(new SkippedSample(sample, error!.Reason));
                if (skipped.Count > maxBad)
                {
                    throw new FeatureException(
                        $"More than {maxBad} pictures could not be used, which is the limit that was given. '{sample.File}': "
                            + $"{error.Reason}"
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
