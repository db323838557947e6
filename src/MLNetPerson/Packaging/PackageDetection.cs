using System.Collections.Immutable;

namespace MLNetPerson.Packaging;

/// <summary>How boxes come out of a detector's models, and how overlapping ones are suppressed.</summary>
public sealed record PackageDetection
{
    /// <summary>Output of every model file: float32 [N, candidates, 4]; left, top, right, bottom as shares of the input's sides, 0 to
    /// 1.</summary>
    public string Boxes { get; init; } = "boxes";

    /// <summary>Output of every model file: float32 [N, candidates], the calibrated probability that the box holds a person.</summary>
    public string Probabilities { get; init; } = "probabilities";

    /// <summary>The file that is put behind a model file's bytes to suppress overlapping boxes inside the model. Its output is the
    /// manifest's
    /// <see cref="PackageManifest.Output"/>: float32 [M, 6]; picture, probability, left, top, right, bottom.</summary>
    public string Suppression { get; init; } = "nms.part";

    /// <summary>Boxes that a model gives for one picture before suppression: one for each anchor.</summary>
    public required int Candidates { get; init; }

    /// <summary>A box goes away where it overlaps a more probable one by more than this. Intersection over union, 0 to 1.</summary>
    public required double IouThreshold { get; init; }

    /// <summary>Boxes of this probability or less go away first, 0 to 1. Below the manifest's threshold, so that a caller may ask for more
    /// boxes than are shown.</summary>
    public required double ScoreThreshold { get; init; }

    /// <summary>Boxes that are left of one picture at most, the most probable ones. Range [1, ∞).</summary>
    public required int MostBoxes { get; init; }

    /// <summary>How both thresholds were chosen, for a reader.</summary>
    public required string Rule { get; init; }

    /// <summary>The maps that boxes come from, finest first.</summary>
    public required ImmutableArray<PackageAnchorLevel> Levels { get; init; }

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    internal string? Fault()
    {
        List<string> faults = [];
        if (IouThreshold is not (>= 0 and <= 1) || ScoreThreshold is not (>= 0 and <= 1))
        {
            faults.Add($"The thresholds of suppression are {IouThreshold} and {ScoreThreshold}, outside 0 to 1.");
        }

        if (MostBoxes < 1 || Candidates < 1)
        {
            faults.Add($"{MostBoxes} boxes of {Candidates} candidates are kept; both are at least 1.");
        }

        if (Levels.IsDefault || Levels.Sum(level => (long)level.Width * level.Height * level.Anchors) != Candidates)
        {
            faults.Add($"The levels do not hold {Candidates} anchors.");
        }

        return faults.Count == 0 ? null : string.Join(" ", faults);
    }
}

/// <summary>One map that boxes come from.</summary>
/// <param name="Width">Places from left to right.</param>
/// <param name="Height">Places from top to bottom.</param>
/// <param name="Anchors">Boxes at each place.</param>
public sealed record PackageAnchorLevel(int Width, int Height, int Anchors);
