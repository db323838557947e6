using System.Globalization;

namespace MLNetPerson.Training.Evaluation;

/// <summary>How the threshold is chosen from probabilities and labels.</summary>
public abstract record ThresholdRule
{
    private ThresholdRule() { }

    /// <summary>The rule of the shipped recipes: a missed person costs as much as a false alarm, hence fewest mistakes.</summary>
    public static ThresholdRule Default { get; } = new Cost(1);

    /// <summary>The threshold with the largest F1.</summary>
    public sealed record BestF1 : ThresholdRule
    {
        /// <inheritdoc/>
        public override string ToString() => "f1";
    }

    /// <summary>The highest threshold that finds at least this share of persons.</summary>
    /// <param name="Recall">Range (0, 1].</param>
    public sealed record TargetRecall(double Recall) : ThresholdRule
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"recall={Recall}");
    }

    /// <summary>The lowest threshold at which at least this share of answers "person" is right.</summary>
    /// <param name="Precision">Range (0, 1].</param>
    public sealed record TargetPrecision(double Precision) : ThresholdRule
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"precision={Precision}");
    }

    /// <summary>The threshold with the lowest total cost, where a false alarm costs 1.</summary>
    /// <param name="MissCost">What a missed person costs. Range (0, ∞).</param>
    public sealed record Cost(double MissCost) : ThresholdRule
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"cost={MissCost}");
    }

    /// <summary>Reads "f1", "recall=0.95", "precision=0.9" or "cost=4".</summary>
    /// <exception cref="FormatException">Something else; the message says what was expected.</exception>
    public static ThresholdRule Parse(string text)
    {
        var parts = text.Trim().Split('=', 2);
        var number =
            parts.Length == 2 && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : double.NaN;
        return (parts[0].ToLowerInvariant(), number) switch
        {
            ("f1", _) when parts.Length == 1 => new BestF1(),
            ("recall", > 0 and <= 1) => new TargetRecall(number),
            ("precision", > 0 and <= 1) => new TargetPrecision(number),
            ("cost", > 0) when double.IsFinite(number) => new Cost(number),
            _ => throw new FormatException(
                $"'{text}' is not a threshold rule. Use f1, recall=0.95, precision=0.9 or cost=4 (a miss costs 4 false alarms)."
            ),
        };
    }
}
