
namespace MLNetPerson.Training.Evaluation;

/// <summary>Judges found boxes against annotated ones: COCO's average precision, recall at a rate of false boxes, and the log-average miss
/// rate, with intervals by drawing pictures again.</summary>
public static class DetectionEvaluator
{
    private const double Half = 0.5;
    private const double Quarters = 0.75;

    /// <summary>COCO's overlaps 0.5, 0.55 … 0.95.</summary>
    private static readonly double[] Overlaps = [.. Enumerable.Range(0, 10).Select(i => 0.5 + (0.05 * i))];

    /// <summary>COCO's ranges of areas, in pixels: all, small, medium, large.</summary>
    private static readonly (double, double)[] Sizes = [(0, 1e10), (0, 32 * 32), (32 * 32, 96 * 96), (96 * 96, 1e10)];

    /// <summary>9 rates of false boxes per picture, evenly spaced by their logarithm.</summary>
    private static readonly double[] MissRates = [.. Enumerable.Range(0, 9).Select(i => Math.Pow(10, -2 + (0.25 * i)))];

    /// <summary>Judges.</summary>
    /// <param name="pictures">All pictures, those without persons too: false boxes on them count.</param>
    /// <param name="options">What is measured.</param>
    /// <exception cref="ArgumentException">An option is out of range, or a box is not finite.</exception>
    public static DetectionReport Evaluate(IReadOnlyList<JudgedBoxes> pictures, DetectionOptions? options = null)
    {
        options ??= new DetectionOptions();
        if (options.Fault() is { } fault)
        {
            throw new ArgumentException($"Options of the evaluation have a fault: {fault}.", nameof(options));
        }

        CheckFinite(pictures);
        var table = new Outcomes(pictures, options.MostBoxes);
        var once = Enumerable.Repeat(1, pictures.Count).ToArray();
        var value = Measures(table, once, options);
        var draws = Draws(table, pictures.Count, options);
        Estimate Of(int measure)
        {
            double[] seen = [.. draws.Select(draw => draw[measure]).Where(double.IsFinite).Order()];
            return seen.Length < 2 || !double.IsFinite(value[measure])
                ? new Estimate(value[measure], new Interval(value[measure], value[measure]))
                : new Estimate(value[measure], new Interval(Quantile(seen, 0.025), Quantile(seen, 0.975)));
        }

        var all = table.Of(0, Half);
        return new DetectionReport
        {
            Pictures = pictures.Count,
            Persons = all.Persons.Sum(),
            Ignored = pictures.Sum(picture => picture.Truth.Count(box => box.Role != BoxRole.Person)),
            Found = pictures.Sum(picture => picture.Found.Length),
            Ap50 = Of(0),
            Ap75 = Of(1),
            Ap = Of(2),
            ApSmall = Of(3),
            ApMedium = Of(4),
            ApLarge = Of(5),
            Recall = Of(6),
            LogAverageMissRate = Of(7),
            FalsePerPicture = options.FalsePerPicture,
            RecallThreshold = RecallThreshold(table, options.FalsePerPicture),
            Precision = [.. Precisions(table, all, once)],
        };
    }

    /// <summary>Average precision at an overlap of 0.5 alone, without an interval: for searches.</summary>
    public static double Ap50(IReadOnlyList<JudgedBoxes> pictures, int mostBoxes = 100)
    {
        var table = new Outcomes(pictures, mostBoxes, onlyHalf: true);
        return Mean(Precisions(table, table.Of(0, Half), [.. Enumerable.Repeat(1, pictures.Count)]));
    }

    private static List<double[]> Draws(Outcomes table, int pictures, DetectionOptions options)
    {
        var random = new Random(options.Seed);
        var weights = new List<int[]>();
        for (var draw = 0; draw < options.Draws && pictures > 0; draw++)
        {
            var weight = new int[pictures];
            for (var i = 0; i < pictures; i++)
            {
                weight[random.Next(pictures)]++;
            }

            weights.Add(weight);
        }

        return [.. weights.AsParallel().AsOrdered().Select(weight => Measures(table, weight, options))];
    }

    /// <summary>AP50, AP75, AP, AP small, medium, large, recall, log-average miss rate.</summary>
    private static double[] Measures(Outcomes table, int[] weights, DetectionOptions options)
    {
        double Ap(int size, double overlap) => Mean(Precisions(table, table.Of(size, overlap), weights));
        double Mean10(int size) => Overlaps.Average(overlap => Ap(size, overlap));
        var half = table.Of(0, Half);
        return
        [
            Ap(0, Half),
            Ap(0, Quarters),
            Mean10(0),
            Mean10(1),
            Mean10(2),
            Mean10(3),
            RecallAt(table, half, weights, options.FalsePerPicture).Recall,
            LogAverageMissRate(table, half, weights),
        ];
    }

    /// <summary>Precision at 101 recalls, made falling from right to left; empty where there is no person.</summary>
    private static double[] Precisions(Outcomes table, Outcome outcome, int[] weights)
    {
        const int Recalls = 101;
        long persons = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            persons += (long)weights[i] * outcome.Persons[i];
        }

        if (persons == 0)
        {
            return [];
        }

        var (recall, precision) = (new double[table.Count], new double[table.Count]);
        long right = 0,
            wrong = 0;
        var rows = 0;
        for (var row = 0; row < table.Count; row++)
        {
            var weight = weights[table.Picture[row]];
            if (weight == 0 || outcome.Rows[row] == BoxOutcome.Ignored)
            {
                continue;
            }

            // A picture that was drawn twice has its boxes twice.
            right += outcome.Rows[row] == BoxOutcome.Right ? weight : 0;
            wrong += outcome.Rows[row] == BoxOutcome.Right ? 0 : weight;
            (recall[rows], precision[rows]) = ((double)right / persons, (double)right / (right + wrong));
            rows++;
        }

        for (var row = rows - 2; row >= 0; row--)
        {
            precision[row] = Math.Max(precision[row], precision[row + 1]);
        }

        var result = new double[Recalls];
        for (int i = 0, row = 0; i < Recalls; i++)
        {
            while (row < rows && recall[row] < i / (double)(Recalls - 1))
            {
                row++;
            }

            result[i] = row < rows ? precision[row] : 0;
        }

        return result;
    }

    private static double Mean(double[] precisions) => precisions.Length == 0 ? double.NaN : precisions.Average();

    private static (double Recall, int Row) RecallAt(Outcomes table, Outcome outcome, int[] weights, double falsePerPicture)
    {
        var allowed = falsePerPicture * weights.Sum();
        long right = 0,
            wrong = 0,
            persons = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            persons += (long)weights[i] * outcome.Persons[i];
        }

        var last = -1;
        for (var row = 0; row < table.Count; row++)
        {
            var weight = weights[table.Picture[row]];
            wrong += outcome.Rows[row] == BoxOutcome.Wrong ? weight : 0;
            if (wrong > allowed)
            {
                break;
            }

            right += outcome.Rows[row] == BoxOutcome.Right ? weight : 0;
            last = row;
        }

        return (persons == 0 ? double.NaN : (double)right / persons, last);
    }

    private static double RecallThreshold(Outcomes table, double falsePerPicture)
    {
        var weights = Enumerable.Repeat(1, table.Pictures).ToArray();
        var (_, row) = RecallAt(table, table.Of(0, Half), weights, falsePerPicture);
        return row < 0 ? 1 : table.Probability[row];
    }

    private static double LogAverageMissRate(Outcomes table, Outcome outcome, int[] weights)
    {
        var sum = 0.0;
        foreach (var rate in MissRates)
        {
            sum += Math.Log(Math.Max(1e-10, 1 - RecallAt(table, outcome, weights, rate).Recall));
        }

        return Math.Exp(sum / MissRates.Length);
    }

    private static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var low = (int)Math.Floor(at);
        return low + 1 < sorted.Length ? sorted[low] + ((at - low) * (sorted[low + 1] - sorted[low])) : sorted[low];
    }

    private static void CheckFinite(IReadOnlyList<JudgedBoxes> pictures)
    {
        for (var i = 0; i < pictures.Count; i++)
        {
            var (truth, found) = (pictures[i].Truth, pictures[i].Found);
            if (
                truth.Any(box => !double.IsFinite(box.Left + box.Top + box.Width + box.Height))
                || found.Any(box => !double.IsFinite(box.Left + box.Top + box.Width + box.Height + box.Probability))
            )
            {
                throw new ArgumentException(
                    $"A box of picture {i} has a coordinate or a probability that is not a number.",
                    nameof(pictures)
                );
            }
        }
    }

    /// <summary>One overlap and range of sizes: what became of each row, and persons by picture.</summary>
    private sealed record Outcome(BoxOutcome[] Rows, int[] Persons);

    /// <summary>All found boxes of all pictures, the most probable one first, and what became of each.</summary>
    private sealed class Outcomes
    {
        private readonly Dictionary<(int Size, double Overlap), Outcome> _outcomes = [];

        public Outcomes(IReadOnlyList<JudgedBoxes> pictures, int mostBoxes, bool onlyHalf = false)
        {
            Pictures = pictures.Count;
            List<FoundBox>[] found =
            [
                .. pictures.Select(picture => picture.Found.OrderByDescending(box => box.Probability).Take(mostBoxes).ToList()),
            ];
            (int Picture, int Box)[] rows =
            [
                .. found
                    .SelectMany((boxes, picture) => boxes.Select((_, box) => (picture, box)))
                    .OrderByDescending(row => found[row.picture][row.box].Probability),
            ];
            Picture = [.. rows.Select(row => row.Picture)];
            Probability = [.. rows.Select(row => found[row.Picture][row.Box].Probability)];
            var asked = onlyHalf
                ? [(0, Half)]
                : Enumerable.Range(0, Sizes.Length).SelectMany(size => Overlaps.Select(o => (size, o))).ToArray();
            foreach (
                var (key, outcome) in asked
                    .AsParallel()
                    .AsOrdered()
                    .Select(ask => (ask, Match(pictures, found, rows, ask.Item1, ask.Item2)))
            )
            {
                _outcomes[key] = outcome;
            }
        }

        public int Pictures { get; }

        public int[] Picture { get; }

        public double[] Probability { get; }

        public int Count => Picture.Length;

        public Outcome Of(int size, double overlap) =>
            _outcomes.First(entry => entry.Key.Size == size && Math.Abs(entry.Key.Overlap - overlap) < 1e-9).Value;

        private static Outcome Match(
            IReadOnlyList<JudgedBoxes> pictures,
            List<FoundBox>[] found,
            (int Picture, int Box)[] rows,
            int size,
            double overlap
        )
        {
            var persons = new int[pictures.Count];
            var outcomes = new BoxOutcome[pictures.Count][];
            for (var i = 0; i < pictures.Count; i++)
            {
                outcomes[i] = new BoxOutcome[found[i].Count];
                persons[i] = BoxMatching.Match(pictures[i].Truth, found[i], overlap, Sizes[size], outcomes[i], new int[found[i].Count]);
            }

            return new Outcome([.. rows.Select(row => outcomes[row.Picture][row.Box])], persons);
        }
    }
}
