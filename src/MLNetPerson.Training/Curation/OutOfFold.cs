using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Curation.Checks;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Curation;

/// <summary>Probabilities by heads that saw neither the picture, nor a copy of it, nor the labels that are in doubt.</summary>
public static class OutOfFold
{
    /// <summary>So many divisions into folds are averaged: one alone moves a picture by a few places.</summary>
    private const int Divisions = 5;

    /// <summary>
    /// The share of labels, the most contradicted ones, that has no say in the second round. Twice the 2 % that datasets are often wrong
    /// by; all that the first round contradicts would be three times as much on VOC2007, and takes persons who are hard to see along.
    /// </summary>
    private const double Silenced = 0.04;

    /// <summary>A probability nearer to 0 or 1 is taken for this near.</summary>
    private const double Smallest = 1e-9;

    /// <summary>
    /// Fits twice: labels that the first round contradicts most have no say in the second, so that wrong labels do not vouch for each
    /// other. A picture is always judged
    /// by heads in which it had no part.
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
        IReadOnlyList<Sample> samples,
        FeatureTable table,
        IReadOnlyList<FeatureBlock> blocks,
        HeadOptions options,
        IProgress<HeadProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        bool[] labels = [.. samples.Select(sample => sample.IsPerson)];
        var trainer = new HeadTrainer(options);
        var (l2, first) = trainer.CrossFit(samples, table, blocks, null, progress, cancellation);
        var agreed = Enumerable.Repeat(1.0, labels.Length).ToArray();
        foreach (
            var i in Enumerable
                .Range(0, labels.Length)
                .OrderBy(i => labels[i] ? first[i] : 1 - first[i])
                .Take((int)(labels.Length * Silenced))
        )
        {
            agreed[i] = 0;
        }

        var logits = new double[labels.Length];
        for (var division = 0; division < Divisions; division++)
        {
            // The penalty is settled by now.
            var again = new HeadTrainer(options with { L2 = [l2], Seed = options.Seed + division });
            var (_, probabilities) = again.CrossFit(samples, table, blocks, agreed, progress, cancellation);
            for (var i = 0; i < logits.Length; i++)
            {
                var probability = Math.Clamp(probabilities[i], Smallest, 1 - Smallest);
                logits[i] += Math.Log(probability / (1 - probability)) / Divisions;
            }
        }

        double[] mean = [.. logits.Select(logit => 1 / (1 + Math.Exp(-logit)))];
        return (mean, ConfidentLearning.Doubtful(mean, labels));
    }
}
