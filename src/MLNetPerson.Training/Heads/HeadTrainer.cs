using System.Globalization;
using System.Runtime.ExceptionServices;
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
    /// <summary>So many worse penalties in a row end the search.</summary>
    private const int Patience = 2;

    private readonly HeadOptions _options;
    private readonly IHeadSolver _solver;

    /// <summary>A trainer with the given options.</summary>
    /// <param name="options">How to fit.</param>
    /// <param name="solver">What fits at one penalty; null for this project's own.</param>
    /// <exception cref="ArgumentException">An option is out of range; all faults are in the message.</exception>
    /// <exception cref="HeadException">The solver does not go with the options.</exception>
    public HeadTrainer(HeadOptions options, IHeadSolver? solver = null)
    {
        _options = options;
        _solver = solver ?? new BuiltinSolver();
        if (options.Fault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        if (!_solver.GivesLogits && options.Calibration == CalibrationMethod.None)
        {
            throw new HeadException(
                $"Trainer '{_solver.Name}' gives margins, which no formula turns into probabilities: the recipe's 'calibration' cannot be "
                    + $"'none'. Take 'platt', or another trainer."
            );
        }

        if (!_solver.TakesSampleWeights && options.ClassWeights != ClassWeights.None)
        {
            throw new HeadException(
                $"Trainer '{_solver.Name}' gives every picture the same weight: the recipe's 'classWeights' cannot be '"
                    + $"{options.ClassWeights.ToString().ToLowerInvariant()}'. Take 'none', or another trainer."
            );
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
    /// <exception cref="HeadException">The samples do not suffice for the folds, or the solver cannot fit them.</exception>
    public (LinearHead Head, HeadReport Report) Fit(
        IReadOnlyList<Sample> samples,
        FeatureTable table,
        IReadOnlyList<FeatureBlock> blocks,
        double[]? sampleWeights = null,
        IProgress<HeadProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var (labels, weights, folds, problems, streamed, path) = Validate(samples, table, blocks, sampleWeights, progress, cancellation);
        var best = path.MinBy(trial => trial.Loss)!;

        progress?.Report(
            new HeadProgress(string.Create(CultureInfo.InvariantCulture, $"fitting the head on all {samples.Count} samples, L2 {best.L2}"))
        );
        var start = Average(best.Parameters);
        LinearHead head;
        if (streamed is not null)
        {
            head = streamed.ToHead(streamed.All(best.L2, start, cancellation));
        }
        else
        {
            var all = problems([.. Enumerable.Range(0, samples.Count)]);
            head = all.Objective.ToHead(_solver.Fit(all, best.L2, start, isTrial: false, cancellation));
        }

        var calibration = Calibrator.Fit(_options.Calibration, best.Logits, labels);
        return (
            calibration.FoldInto(head),
            new HeadReport(
                best.L2,
                [.. path.Select(trial => new PenaltyTrial(trial.L2, trial.Loss))],
                [.. folds],
                [.. best.Logits],
                calibration,
                [.. CrossFitted(path, labels, weights, folds)]
            )
        );
    }

    /// <summary>The cross-validation alone, where no head is wanted.</summary>
    /// <returns>The penalty chosen, and for each sample a probability in which its own fold had no part.</returns>
    internal (double L2, double[] CrossFittedProbabilities) CrossFit(
        IReadOnlyList<Sample> samples,
        FeatureTable table,
        IReadOnlyList<FeatureBlock> blocks,
        double[]? sampleWeights = null,
        IProgress<HeadProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var (labels, weights, folds, _, _, path) = Validate(samples, table, blocks, sampleWeights, progress, cancellation);
        return (path.MinBy(trial => trial.Loss)!.L2, CrossFitted(path, labels, weights, folds));
    }

    private (
        bool[] Labels,
        double[] Weights,
        int[] Folds,
        Func<int[], HeadProblem> Problems,
        StreamedFit? Streamed,
        List<Trial> Path
    ) Validate(
        IReadOnlyList<Sample> samples,
        FeatureTable table,
        IReadOnlyList<FeatureBlock> blocks,
        double[]? sampleWeights,
        IProgress<HeadProgress>? progress,
        CancellationToken cancellation
    )
    {
        if (sampleWeights is not null)
        {
            CheckTakesSampleWeights();
        }

        var labels = samples.Select(sample => sample.IsPerson).ToArray();
        var weights = SampleWeights(labels, sampleWeights);
        var folds = FoldAssignment.Assign(samples, _options.Folds, _options.Seed);
        var standard = Standardization.Of(table, FeatureWeights(blocks, table.Width));
        var problems = HeadProblem.On(table, standard, labels, weights);

        // Another trainer goes through such a table row by row, as often as it wants to.
        var streamed = table.IsMapped && _solver is BuiltinSolver ? new StreamedFit(table, standard, labels, weights, folds) : null;
        return (
            labels,
            weights,
            folds,
            problems,
            streamed,
            Search(table, problems, streamed, labels, weights, folds, progress, cancellation)
        );
    }

    /// <summary>Refuses weights for single samples where the solver would not heed them.</summary>
    /// <exception cref="HeadException">It would not.</exception>
    internal void CheckTakesSampleWeights()
    {
        if (!_solver.TakesSampleWeights)
        {
            throw new HeadException(
                $"Trainer '{_solver.Name}' gives every picture the same weight, so it cannot balance an attribute. Leave the balance out, "
                    + $"or take another trainer."
            );
        }
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
        FeatureTable table,
        Func<int[], HeadProblem> problems,
        StreamedFit? streamed,
        bool[] labels,
        double[] weights,
        int[] folds,
        IProgress<HeadProgress>? progress,
        CancellationToken cancellation
    )
    {
        var parts = Enumerable
            .Range(0, streamed is null ? _options.Folds : 0)
            .Select(fold => problems([.. Enumerable.Range(0, folds.Length).Where(i => folds[i] != fold)]))
            .ToArray();
        var current = Enumerable.Range(0, _options.Folds).Select(_ => new double[table.Width + 1]).ToArray();
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = _solver.UsesAllCores ? 1 : Environment.ProcessorCount };
        List<Trial> path = [];
        foreach (var l2 in _options.L2.OrderDescending())
        {
            progress?.Report(
                new HeadProgress(string.Create(CultureInfo.InvariantCulture, $"cross-validating L2 {l2} in {_options.Folds} folds"))
            );
            var logits = streamed is null
                ? FitFolds(table, parts, current, l2, folds, sideBySide, cancellation)
                : streamed.Folds(l2, current, labels.Length, cancellation);
            var comparable = _solver.GivesLogits ? logits : Logits(Calibrator.Fit(CalibrationMethod.Platt, logits, labels), logits);
            path.Add(new Trial(l2, Loss(comparable, labels, weights, _ => true), logits, comparable, [.. current]));
            var best = path.MinBy(trial => trial.Loss)!;
            if (path.Count - 1 - path.IndexOf(best) >= Patience)
            {
                break;
            }
        }

        return path;
    }

    /// <summary>Fits every fold at one penalty, from where <paramref name="current"/> is; gives each sample's logit by the head that did
    /// not
    /// see it.</summary>
    private double[] FitFolds(
        FeatureTable table,
        HeadProblem[] parts,
        double[][] current,
        double l2,
        int[] folds,
        ParallelOptions sideBySide,
        CancellationToken cancellation
    )
    {
        var logits = new double[folds.Length];
        Alone(() =>
            Parallel.For(
                0,
                parts.Length,
                sideBySide,
                fold =>
                {
                    current[fold] = _solver.Fit(parts[fold], l2, current[fold], isTrial: true, cancellation);
                    var head = parts[fold].Objective.ToHead(current[fold]);
                    for (var i = 0; i < logits.Length; i++)
                    {
                        if (folds[i] == fold)
                        {
                            logits[i] = head.Logit(table.Row(i));
                        }
                    }
                }
            )
        );
        return logits;
    }

    /// <summary>Several folds may have failed of the same cause; one of them says it, as if it had run alone.</summary>
    private static void Alone(Action work)
    {
        try
        {
            work();
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }

    private static double[] Average(double[][] parameters) =>
        [.. Enumerable.Range(0, parameters[0].Length).Select(i => parameters.Average(fold => fold[i]))];

    private static double Loss(double[] logits, bool[] labels, double[] weights, Func<int, bool> counts)
    {
        double loss = 0,
            sum = 0;
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
            var chosen = path.MinBy(trial => Loss(trial.Comparable, labels, weights, i => folds[i] != fold))!;
            int[] others = [.. Enumerable.Range(0, labels.Length).Where(i => folds[i] != fold)];
            var calibration = Calibrator.Fit(
                _options.Calibration,
                [.. others.Select(i => chosen.Logits[i])],
                [.. others.Select(i => labels[i])]
            );
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

    private static double[] Logits(LogitCalibration calibration, double[] margins) =>
        [.. margins.Select(margin => (calibration.Slope * margin) + calibration.Offset)];

    /// <summary>One penalty. Comparable are the logits that its log loss is of: calibrated ones where the solver gives margins.</summary>
    private sealed record Trial(double L2, double Loss, double[] Logits, double[] Comparable, double[][] Parameters);
}
