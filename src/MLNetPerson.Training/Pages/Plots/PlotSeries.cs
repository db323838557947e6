using System.Collections.Immutable;

namespace MLNetPerson.Training.Pages.Plots;

/// <summary>A line of a <see cref="LinePlot"/>.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Points">In the order in which they are joined; NaN breaks the line.</param>
public sealed record PlotSeries(string Name, ImmutableArray<(double X, double Y)> Points)
{
    /// <summary>Dots instead of a line.</summary>
    public bool IsDots { get; init; }
}
