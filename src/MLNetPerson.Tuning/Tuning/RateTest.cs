using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Training.Pages;
using MLNetPerson.Training.Pages.Plots;

namespace MLNetPerson.Tuning;

/// <summary>From which learning rate to which. The defaults suit AdamW from pretrained weights.</summary>
public sealed record RateTestOptions
{
    /// <summary>First rate. Range (0, <see cref="To"/>).</summary>
    public double From { get; init; } = 1e-7;

    /// <summary>Last rate, unless the loss grows before. Range (<see cref="From"/>, 1000].</summary>
    public double To { get; init; } = 1;

    /// <summary>Steps from one to the other, each a batch. Range [10, 10000].</summary>
    public int Steps { get; init; } = 100;

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (!(From > 0 && From < To && To <= 1000))
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"rates from {From} to {To} do not rise within 0 to 1000"));
        }

        if (Steps is < 10 or > 10_000)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{Steps} steps are outside 10 to 10000"));
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }

    internal void Check()
    {
        if (Fault() is { } fault)
        {
            throw new TuningException($"Options of the learning rate range test have faults: {fault}.");
        }
    }
}

/// <summary>What the learning rate range test found.</summary>
/// <param name="Suggested">A tenth of the rate at which the smoothed loss was smallest.</param>
/// <param name="RecipeRate">What the recipe says.</param>
/// <param name="Grew">Whether the loss grew so much that the test ended early; otherwise it ended at the last rate.</param>
/// <param name="Trials">Rates and smoothed losses, in order.</param>
public sealed record RateTestResult(double Suggested, double RecipeRate, bool Grew, ImmutableArray<RateTrial> Trials)
{
    /// <summary>The result in one or two sentences.</summary>
    public string Lead =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The smoothed loss is smallest at a rate of {10 * Suggested:0.0e+0}; a tenth of it, {Suggested:0.0e+0}, is suggested, the "
                + $"recipe has {RecipeRate:0.0e+0}. {(Grew ? "Beyond it the loss grew" : "The loss did not grow")} to twice as much by "
                + $"{Trials[^1].Rate:0.0e+0}."
        );

    /// <summary>The loss over the logarithm of the rate; the line marks what is suggested.</summary>
    public LinePlot Plot()
    {
        var (low, high) = (Math.Log10(Trials[0].Rate), Math.Log10(Trials[^1].Rate));
        return new LinePlot
        {
            Title = "Learning rate range test",
            X = "log10 of the rate",
            Y = "smoothed log loss",
            XRange = (low, high > low ? high : low + 1),
            YRange = (0, Math.Max(1e-6, Trials.Max(trial => trial.Loss)) * 1.1),
            Mark = Math.Log10(Suggested),
            Series = [new PlotSeries("training loss", [.. Trials.Select(trial => (Math.Log10(trial.Rate), trial.Loss))])],
        };
    }

    /// <summary>A page with the curve.</summary>
    /// <param name="recipe">The recipe's name.</param>
    /// <param name="dataset">The pictures' name.</param>
    public Report Page(string recipe, string dataset) =>
        new()
        {
            Title = $"Which learning rate for {recipe}?",
            Lead = Lead,
            Tuning = new ReportTuning(
                "The rate was raised step by step, and each step's loss smoothed. Where the curve begins to rise, steps are too large.",
                [
                    new ReportFact("Steps", string.Create(CultureInfo.InvariantCulture, $"{Trials.Length}")),
                    new ReportFact("Suggested", string.Create(CultureInfo.InvariantCulture, $"\"rate\": {Suggested:0.0e+0}")),
                ],
                [Plot()]
            )
            {
                Heading = "Learning rate",
            },
            Provenance = [new ReportFact("Recipe", recipe), new ReportFact("Pictures", dataset)],
        };
}
