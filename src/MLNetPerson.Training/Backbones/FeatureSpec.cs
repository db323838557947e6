using System.Globalization;

namespace MLNetPerson.Training.Backbones;

/// <summary>One block of features: a tap and how it is pooled.</summary>
public sealed record FeatureSpec
{
    /// <summary>A tap's name from the backbone's card.</summary>
    public required string Tap { get; init; }

    /// <summary>The pooling over the whole picture.</summary>
    public required Pooling Pooling { get; init; }

    /// <summary>
    /// Side of the neighbourhood, in steps of the tap, over which the opposite pooling runs first. Range [1, ∞); 1 is none.
    /// The mean of 3 × 3 maxima forgives small shifts; the maximum of 2 × 2 means ignores single noisy positions.
    /// </summary>
    public int Window { get; init; } = 1;

    /// <summary>
    /// How much more freely the head may use these features: their penalty is divided by its square. Range (0, ∞). For few
    /// features that say much among thousands that say little, such as a detector's scores.
    /// </summary>
    public double Weight { get; init; } = 1;

    /// <summary>For example "expand_13 average of 3 x 3 max".</summary>
    public override string ToString() =>
        Window == 1
            ? $"{Tap} {Word(Pooling)}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Tap} {Word(Pooling)} of {Window} x {Window} {Word(Pooling == Pooling.Max ? Pooling.Average : Pooling.Max)}"
            );

    private static string Word(Pooling pooling) => pooling == Pooling.Max ? "max" : "average";
}
