using System.Collections.Immutable;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;

namespace MLNetPerson.Training.Detection;

/// <summary>One anchor: the box that a prediction starts from, as shares of the input.</summary>
/// <param name="CenterX">0 to 1 from the left edge.</param>
/// <param name="CenterY">0 to 1 from the upper edge.</param>
/// <param name="Width">Share of the input's width.</param>
/// <param name="Height">Share of the input's height.</param>
internal readonly record struct Anchor(double CenterX, double CenterY, double Width, double Height);

/// <summary>Makes the anchors of a single-shot detector by the published rule.</summary>
internal static class SsdAnchors
{
    private const double ReducedScale = 0.1; // of the finest level's small square
    private const double LastScale = 1.0; // the size that the coarsest level's interpolated square leads to

    /// <summary>Width and height of a level's anchors on a square input, as shares of it.</summary>
    /// <param name="detector">The rule.</param>
    /// <param name="level">Index, finest first.</param>
    public static ImmutableArray<(double Width, double Height)> Shapes(BackboneDetector detector, int level)
    {
        var levels = detector.Levels.Length;
        double Scale(int index) =>
            index == levels ? LastScale
            : levels == 1 ? detector.MinScale
            : detector.MinScale + ((detector.MaxScale - detector.MinScale) * index / (levels - 1));
        (double Scale, double Ratio)[] anchors =
            level == 0 && detector.ReduceLowestLevel
                ? [(ReducedScale, 1), (Scale(0), 2), (Scale(0), 0.5)]
                :
                [
                    .. detector.AspectRatios.Select(ratio => (Scale(level), ratio)),
                    .. detector.InterpolatedScale ? [(Math.Sqrt(Scale(level) * Scale(level + 1)), 1.0)] : Array.Empty<(double, double)>(),
                ];
        return [.. anchors.Select(anchor => (anchor.Scale * Math.Sqrt(anchor.Ratio), anchor.Scale / Math.Sqrt(anchor.Ratio)))];
    }

    /// <summary>All anchors in the order of the heads: level by level, row by row, place by place.</summary>
    /// <param name="detector">The rule.</param>
    /// <param name="levels">The maps' sizes.</param>
    /// <param name="width">Of the input, pixels.</param>
    /// <param name="height">Of the input, pixels. On an input that is not square, anchors keep their shape in pixels: sizes are shares of
    /// the shorter side.</param>
    public static ImmutableArray<Anchor> Make(BackboneDetector detector, ImmutableArray<PackageAnchorLevel> levels, int width, int height)
    {
        double shorter = Math.Min(width, height);
        var anchors = ImmutableArray.CreateBuilder<Anchor>();
        for (var level = 0; level < levels.Length; level++)
        {
            var shapes = Shapes(detector, level);
            var map = levels[level];
            for (var y = 0; y < map.Height; y++)
            {
                for (var x = 0; x < map.Width; x++)
                {
                    foreach (var (w, h) in shapes)
                    {
                        anchors.Add(new Anchor((x + 0.5) / map.Width, (y + 0.5) / map.Height, w * shorter / width, h * shorter / height));
                    }
                }
            }
        }

        return anchors.ToImmutable();
    }
}
