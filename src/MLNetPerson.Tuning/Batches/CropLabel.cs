using System.Collections.Immutable;
using MLNetPerson.Training.Import;

namespace MLNetPerson.Tuning.Batches;

/// <summary>The label of a part of a picture, where it is certain.</summary>
internal static class CropLabel
{
    /// <summary>Share of a person that must be inside, so that the part still shows one. A head and shoulders of a standing person are
    /// about a third of the box; half is on the safe side.</summary>
    public const double EnoughOfPerson = 0.5;

    /// <summary>True for a person, false for nobody, null where the part does not say.</summary>
    /// <param name="isPerson">The whole picture's label.</param>
    /// <param name="boxes">All persons, or null where they are not known.</param>
    /// <param name="crop">The part.</param>
    /// <param name="shown">Share of the model's input that the part fills; 1 but for pictures that were zoomed out.</param>
    /// <param name="rule">From which area on a person counts.</param>
    public static bool? Of(bool isPerson, ImmutableArray<RelativeBox>? boxes, RelativeBox crop, double shown, LabelRule rule)
    {
        if (!isPerson)
        {
            return false;
        }

        if (boxes is not { } known)
        {
            return crop == RelativeBox.Whole && shown == 1 ? true : null;
        }

        var largest = 0.0;
        var touched = false;
        foreach (var box in known)
        {
            var common = box.Common(crop);
            var seen = common / crop.Area * shown;
            touched |= seen >= rule.IgnoreBelow;
            if (common >= EnoughOfPerson * box.Area)
            {
                largest = Math.Max(largest, seen);
            }
        }

        return largest >= rule.MinPersonArea ? true
            : touched ? null
            : false;
    }
}
