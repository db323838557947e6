using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Curation.Checks;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Curation;

/// <summary>Probabilities by heads that saw neither the picture, nor a copy of it, nor the labels that are in doubt.</summary>
public static class OutOfFold
{
    /// <summary>
    /// Fits twice: labels that the first round doubts have no say in the second, so that wrong labels do not vouch for each other. Where a picture
    /// stands in the second round it was in no fold's training part either.
    /// </summary>
    /// <param name="samples">With labels; groups of copies stay in one fold.</param>
    /// <param name="table">Their features.</param>
    /// <param name="blocks">The features' blocks.</param>
    /// <param name="options">How heads are fitted.</param>
    /// <param name="progress">Told before each step.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Of person, one per sample; and whether confident learning doubts the label.</returns>
    /// <exception cref="HeadException">The samples do not suffice for the folds.</exception>
    public static (double[] Probabilities, bool[] Doubtful) Run(
        IReadOnlyList<Sample> samples, FeatureTable table, IReadOnlyList<FeatureBlock> blocks, HeadOptions options, IProgress<HeadProgress>? progress = null, CancellationToken cancellation = default)
    {
        bool[] labels = [.. samples.Select(sample => sample.IsPerson)];
        var trainer = new HeadTrainer(options);
        var first = trainer.Fit(samples, table, blocks, null, progress, cancellation).Report;
        var doubted = ConfidentLearning.Doubtful(first.CrossFittedProbabilities.AsSpan(), labels);

        // The penalty is settled: only near it is looked again.
        var again = new HeadTrainer(options with { L2 = [.. options.L2.Where(l2 => l2 >= first.L2 / 4 && l2 <= first.L2 * 4)] });
        var second = again.Fit(samples, table, blocks, [.. doubted.Select(isDoubted => isDoubted ? 0.0 : 1.0)], progress, cancellation).Report;
        double[] probabilities = [.. second.CrossFittedProbabilities];
        return (probabilities, ConfidentLearning.Doubtful(probabilities, labels));
    }
}
