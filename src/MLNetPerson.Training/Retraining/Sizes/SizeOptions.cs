using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Retraining.Sizes;

/// <summary>One recipe at several sizes of input.</summary>
public sealed record SizeOptions
{
    /// <summary>Sides are multiples of this: the backbones' largest stride, so that borders are those of their training.</summary>
    public const int Step = 32;

    /// <summary>What decides the models but for their size.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Sides of square inputs in pixels: multiples of <see cref="Step"/>.</summary>
    public required ImmutableArray<int> Sides { get; init; }

    /// <summary>Encodings to make and compare besides float32; null for none. None is refused for what it loses: that is shown.</summary>
    public QuantizeOptions? Encodings { get; init; }

    /// <summary>What fits the heads; null for this project's own solver.</summary>
    public IHeadSolver? Solver { get; init; }

    /// <summary>How features are extracted.</summary>
    public FeatureOptions Features { get; init; } = new();

    /// <summary>Threads that share a prediction while timing. Range [1, ∞).</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Time for each measurement. Range (0, 3600].</summary>
    public double Seconds { get; init; } = 2;

    /// <summary>Where finished models are kept, so that an interrupted run goes on there; null for a place in the cache folder.</summary>
    public string? WorkFolder { get; init; }

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (Recipe.Fault() is { } recipe)
        {
            faults.Add($"recipe '{Recipe.Name}': {recipe}");
        }

        if (SidesFault(Sides) is { } sides)
        {
            faults.Add(sides);
        }

        if (Encodings?.Fault() is { } encodings)
        {
            faults.Add(encodings);
        }

        if (Threads < 1)
        {
            faults.Add($"{Threads} threads are below 1");
        }

        if (Seconds is not (> 0 and <= 3600))
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{Seconds} seconds are outside 0 to 3600"));
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }

    /// <summary>What is wrong with a list of sides, or null.</summary>
    internal static string? SidesFault(ImmutableArray<int> sides)
    {
        if (sides.IsDefaultOrEmpty)
        {
            return "no size is named";
        }

        var wrong = sides.Where(side => side < Step || side > Images.ImageSpec.MaxSide || side % Step != 0).ToList();
        return wrong.Count == 0
            ? null
            : $"{string.Join(", ", wrong)}: sizes are multiples of {Step}, from {Step} to {Images.ImageSpec.MaxSide}";
    }
}
