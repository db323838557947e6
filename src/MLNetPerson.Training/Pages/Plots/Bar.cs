using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Pages.Plots;

/// <summary>A bar of a <see cref="BarPlot"/>.</summary>
/// <param name="Label">To its left.</param>
/// <param name="Value">Its length.</param>
/// <param name="Interval">Where the true value lies; drawn as a whisker, none where null.</param>
public sealed record Bar(string Label, double Value, Interval? Interval = null);
