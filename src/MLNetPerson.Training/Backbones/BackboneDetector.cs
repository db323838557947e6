using System.Collections.Immutable;

namespace MLNetPerson.Training.Backbones;

/// <summary>How the detection heads of a single-shot detector are read: which taps, and the rule that its anchors are made by.</summary>
/// <remarks>W. Liu et al., SSD: Single Shot MultiBox Detector, ECCV 2016, section 2.2; TensorFlow's object detection API,
/// multiple_grid_anchor_generator.create_ssd_anchors and faster_rcnn_box_coder, under whose configuration the shipped network was
/// trained (ssdlite_mobilenet_v2_coco).</remarks>
public sealed record BackboneDetector
{
    /// <summary>The maps that boxes come from, finest first.</summary>
    public required ImmutableArray<DetectorLevel> Levels { get; init; }

    /// <summary>Columns of the published class scores, background included: what the person-only graph is compared with. Range [2,
    /// ∞).</summary>
    public required int Classes { get; init; }

    /// <summary>Side of the finest level's anchors as a share of the picture. Range (0, 1].</summary>
    public double MinScale { get; init; } = 0.2;

    /// <summary>Side of the coarsest level's anchors as a share of the picture. Range [<see cref="MinScale"/>, 1].</summary>
    public double MaxScale { get; init; } = 0.95;

    /// <summary>Width over height of the anchors of a place.</summary>
    public ImmutableArray<double> AspectRatios { get; init; } = [1, 2, 0.5, 3, 0.3333];

    /// <summary>Whether the finest level has three anchors only: a small square, and a wide and a tall one.</summary>
    public bool ReduceLowestLevel { get; init; } = true;

    /// <summary>Whether every other level has one more square, between its own size and the next level's.</summary>
    public bool InterpolatedScale { get; init; } = true;

    /// <summary>Divides the encoded shift of a box's center. Above 0.</summary>
    public double CenterScale { get; init; } = 10;

    /// <summary>Divides the encoded logarithm of a box's size. Above 0.</summary>
    public double SizeScale { get; init; } = 5;

    /// <summary>Overlap from which on the published detector suppresses a box.</summary>
    public double IouThreshold { get; init; } = 0.6;

    /// <summary>Score from which on the published detector keeps a box.</summary>
    public double ScoreThreshold { get; init; } = 1e-8;

    /// <summary>Boxes that the published detector keeps of a picture.</summary>
    public int MostBoxes { get; init; } = 100;

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (Levels.IsDefaultOrEmpty)
        {
            faults.Add("'levels' is empty");
        }

        if (Classes < 2)
        {
            faults.Add($"'classes' is {Classes}, below 2");
        }

        if (!(MinScale > 0 && MinScale <= MaxScale && MaxScale <= 1))
        {
            faults.Add($"scales {MinScale} to {MaxScale} are not within 0 to 1");
        }

        if (AspectRatios.IsDefaultOrEmpty || AspectRatios.Any(ratio => !(ratio > 0)))
        {
            faults.Add("'aspectRatios' must hold numbers above 0");
        }

        if (!(CenterScale > 0) || !(SizeScale > 0))
        {
            faults.Add("'centerScale' and 'sizeScale' must be above 0");
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}

/// <summary>One map that boxes come from.</summary>
/// <param name="Scores">The tap with one score for each anchor of a place.</param>
/// <param name="Boxes">The tap with four encoded numbers for each anchor of a place: shift down, shift right, height, width.</param>
public sealed record DetectorLevel(string Scores, string Boxes);
