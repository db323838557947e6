using System.Globalization;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Heads;

/// <summary>
/// Fits the binary head: standardised features, L2-regularised logistic regression, the penalty by grouped
/// cross-validation, a calibration on out-of-fold logits, and at last one fit on everything.
/// </summary>
public sealed class HeadTrainer
{
    /// <summary>Largest gradient component at which a fit ends. While penalties are compared, a rougher one does: their order is settled long before.</summary>
    private const double FinalTolerance = 1e-6;
    private const double TrialTolerance = 1e-4;

    /// <summary>So many worse penalties in a row end the search.</summary>
    private const int Patience = 2;

    private readonly HeadOptions _options;

    /// <summary>A trainer with the given options.</summary>
    /// <exception cref="ArgumentException">An option is out of range; all faults are in the message.</exception>
    public HeadTrainer(HeadOptions options)
    {
        _options = options;
        if (options.Fault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }
    }

    /// <summary>Fits a head. The same samples, features and options give the same head.</summary>
    /// <param name="samples">With labels and groups.</param>
    /// <param name="table">Their features, in the same order.</param>
    /// <param name="blocks">The features' blocks, for their weights.</param>
    /// <param name="sampleWeights">How much each sample counts, or null for alike. Class weights come on top.</param>
    /// <param name="progress">Told before each step.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The head with the calibration folded in, and how it came about.</returns>
    /// <exception cref="HeadException">The samples do not suffice for the folds.</exception>
    public (LinearHead Head, HeadReport Report) Fit(
        IReadOnlyList<Sample> samples, FeatureTable table, IReadOnlyList<FeatureBlock> blocks, double[]? sampleWeights = null,
        IProgress<HeadProgress>? progress = null, CancellationToken cancellation = default)
    {
        var (labels, weights, folds, standard, path) = Validate(samples, table, blocks, sampleWeights, progress, cancellation);
        var best = path.MinBy(trial => trial.Loss)!;

        progress?.Report(new HeadProgress(string.Create(CultureInfo.InvariantCulture, $"fitting the head on all {samples.Count} samples, L2 {best.L2}")));
        var all = new LogisticObjective(table, standard, labels, weights, [.. Enumerable.Range(0, samples.Count)]);
        var parameters = LogisticRegression.Minimize(all, best.L2, Average(best.Parameters), FinalTolerance, cancellation);
        var calibration = Calibrator.Fit(_options.Calibration, best.Logits, labels);
        return (calibration.FoldInto(all.ToHead(parameters)), new HeadReport(
            best.L2, [.. path.Select(trial => new PenaltyTrial(trial.L2, trial.Loss))], [.. folds], [.. best.Logits], calibration,
            [.. CrossFitted(path, labels, weights, folds)]));
    }

    /// <summary>The cross-validation alone, where no head is wanted.</summary>
    /// <returns>The penalty chosen, and for each sample a probability in which its own fold had no part.</returns>
    internal (double L2, double[] CrossFittedProbabilities) CrossFit(
        IReadOnlyList<Sample> samples, FeatureTable table, IReadOnlyList<FeatureBlock> blocks, double[]? sampleWeights = null,
        IProgress<HeadProgress>? progress = null, CancellationToken cancellation = default)
    {
        var (labels, weights, folds, _, path) = Validate(samples, table, blocks, sampleWeights, progress, cancellation);
        return (path.MinBy(trial => trial.Loss)!.L2, CrossFitted(path, labels, weights, folds));
    }

    private (bool[] Labels, double[] Weights, int[] Folds, Standardization Standard, List<Trial> Path) Validate(
        IReadOnlyList<Sample> samples, FeatureTable table, IReadOnlyList<FeatureBlock> blocks, double[]? sampleWeights, IProgress<HeadProgress>? progress, CancellationToken cancellation)
    {
        var labels = samples.Select(sample => sample.IsPerson).ToArray();
        var weights = SampleWeights(labels, sampleWeights);
        var folds = FoldAssignment.Assign(samples, _options.Folds, _options.Seed);
        var standard = Standardization.Of(table, FeatureWeights(blocks, table.Width));
        return (labels, weights, folds, standard, Search(table, standard, labels, weights, folds, progress, cancellation));
    }

    private double[] SampleWeights(bool[] labels, double[]? given)
    {
        var weights = given is null ? Enumerable.Repeat(1.0, labels.Length).ToArray() : (double[])given.Clone();
        if (weights.Length != labels.Length || weights.Any(weight => !double.IsFinite(weight) || weight < 0))
        {
            throw new ArgumentException("Each sample needs a weight of at least 0.", nameof(given));
        }

        if (_options.ClassWeights == ClassWeights.Balanced)
        {
            var persons = weights.Where((_, i) => labels[i]).Sum();
            var others = weights.Sum() - persons;
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] *= (persons + others) / (2 * (labels[i] ? persons : others));
            }
        }

        return weights;
    }

    private static double[] FeatureWeights(IReadOnlyList<FeatureBlock> blocks, int width)
    {
        var weights = Enumerable.Repeat(1.0, width).ToArray();
        foreach (var block in blocks)
        {
            weights.AsSpan(block.Start, block.Count).Fill(block.Spec.Weight);
        }

        return weights;
    }

    /// <summary>From the largest penalty down, each fold starting from where it was: near the next optimum already.</summary>
    private List<Trial> Search(
        FeatureTable table, Standardization standard, bool[] labels, double[] weights, int[] folds, IProgress<HeadProgress>? progress, CancellationToken cancellation)
    {
        var objectives = Enumerable.Range(0, _options.Folds)
            .Select(fold => new LogisticObjective(table, standard, labels, weights, [.. Enumerable.Range(0, folds.Length).Where(i => folds[i] != fold)])).ToArray();
        var current = objectives.Select(objective => new double[objective.Size]).ToArray();
        List<Trial> path = [];
        foreach (var l2 in _options.L2.OrderDescending())
        {
            progress?.Report(new HeadProgress(string.Create(CultureInfo.InvariantCulture, $"cross-validating L2 {l2} in {_options.Folds} folds")));
            var logits = new double[labels.Length];
            for (var fold = 0; fold < objectives.Length; fold++)
            {
                current[fold] = LogisticRegression.Minimize(objectives[fold], l2, current[fold], TrialTolerance, cancellation);
                var head = objectives[fold].ToHead(current[fold]);
                for (var i = 0; i < logits.Length; i++)
                {
                    if (folds[i] == fold)
                    {
                        logits[i] = head.Logit(table.Row(i));
                    }
                }
            }

            path.Add(new Trial(l2, Loss(logits, labels, weights, _ => true), logits, [.. current]));
            var best = path.MinBy(trial => trial.Loss)!;
            if (path.Count - 1 - path.IndexOf(best) >= Patience)
            {
                break;
            }
        }

        return path;
    }

    private static double[] Average(double[][] parameters) => [.. Enumerable.Range(0, parameters[0].Length).Select(i => parameters.Average(fold => fold[i]))];

    private static double Loss(double[] logits, bool[] labels, double[] weights, Func<int, bool> counts)
    {
        double loss = 0, sum = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            if (counts(i))
            {
                loss += weights[i] * (Softplus.Of(logits[i]) - (labels[i] ? logits[i] : 0));
                sum += weights[i];
            }
        }

        return loss / sum;
    }

    /// <summary>For each fold, penalty and calibration are chosen again on the other folds' out-of-fold logits.</summary>
    private double[] CrossFitted(List<Trial> path, bool[] labels, double[] weights, int[] folds)
    {
        var probabilities = new double[labels.Length];
        for (var fold = 0; fold < _options.Folds; fold++)
        {
            var chosen = path.MinBy(trial => Loss(trial.Logits, labels, weights, i => folds[i] != fold))!;
            int[] others = [.. Enumerable.Range(0, labels.Length).Where(i => folds[i] != fold)];
            var calibration = Calibrator.Fit(_options.Calibration, [.. others.Select(i => chosen.Logits[i])], [.. others.Select(i => labels[i])]);
            for (var i = 0; i < labels.Length; i++)
            {
                if (folds[i] == fold)
                {
                    probabilities[i] = calibration.Apply(chosen.Logits[i]);
                }
            }
        }

        return probabilities;
    }

    private sealed record Trial(double L2, double Loss, double[] Logits, double[][] Parameters);
}
