using System.Collections.Immutable;

namespace MLNetPerson.Training.Evaluation;

/// <summary>How an annotated box counts.</summary>
public enum BoxRole
{
    /// <summary>A person that is to be found.</summary>
    Person,

    /// <summary>A person that may be found or missed (PASCAL VOC's "difficult"): a box on it is neither right nor wrong.</summary>
    Difficult,

    /// <summary>A group or a region to ignore (COCO's <c>iscrowd</c>): boxes that lie in it are neither right nor wrong.</summary>
    Crowd,
}

/// <summary>An annotated box in pixels of its picture.</summary>
/// <param name="Left">Pixels.</param>
/// <param name="Top">Pixels.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Role">How it counts.</param>
public readonly record struct TruthBox(double Left, double Top, double Width, double Height, BoxRole Role = BoxRole.Person)
{
    /// <summary>Pixels inside.</summary>
    public double Area => Width * Height;
}

/// <summary>A found box in pixels of its picture.</summary>
/// <param name="Probability">0 to 1; only its order counts.</param>
/// <param name="Left">Pixels.</param>
/// <param name="Top">Pixels.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
public readonly record struct FoundBox(double Probability, double Left, double Top, double Width, double Height)
{
    /// <summary>Pixels inside.</summary>
    public double Area => Width * Height;

    /// <summary>Shared area over the area of either; of a crowd shared area over the found box's own.</summary>
    public double Overlap(TruthBox truth)
    {
        var width = Math.Min(Left + Width, truth.Left + truth.Width) - Math.Max(Left, truth.Left);
        var height = Math.Min(Top + Height, truth.Top + truth.Height) - Math.Max(Top, truth.Top);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        var shared = width * height;
        return shared / (truth.Role == BoxRole.Crowd ? Area : Area + truth.Area - shared);
    }
}

/// <summary>What is in a picture, and what was found in it.</summary>
/// <param name="Truth">All annotated boxes.</param>
/// <param name="Found">All found boxes, in any order.</param>
public sealed record JudgedBoxes(ImmutableArray<TruthBox> Truth, ImmutableArray<FoundBox> Found);

/// <summary>What became of a found box.</summary>
internal enum BoxOutcome : byte
{
    /// <summary>No person that is to be found overlaps it enough, or another box has that person already.</summary>
    Wrong,

    /// <summary>It has a person.</summary>
    Right,

    /// <summary>Neither: it lies on what is ignored, or is of another size than asked for.</summary>
    Ignored,
}

/// <summary>Gives found boxes to annotated ones as COCO's evaluation does: the most probable box chooses first.</summary>
/// <remarks>pycocotools, COCOeval.evaluateImg. One thing is added for PASCAL VOC: a difficult person may have several boxes, as in the
/// VOC development kit.</remarks>
internal static class BoxMatching
{
    /// <summary>Matches one picture at one overlap and one range of sizes.</summary>
    /// <param name="truth">Annotated boxes.</param>
    /// <param name="found">The most probable one first.</param>
    /// <param name="overlap">Least intersection over union.</param>
    /// <param name="sizes">Areas in pixels that count; persons outside are ignored, and so are boxes outside that have nobody.</param>
    /// <param name="outcomes">Receives one outcome for each found box.</param>
    /// <param name="matched">Receives the index of the annotated box that each found box got, or −1.</param>
    /// <returns>Persons that are to be found.</returns>
    public static int Match(
        ImmutableArray<TruthBox> truth,
        IReadOnlyList<FoundBox> found,
        double overlap,
        (double Least, double Most) sizes,
        Span<BoxOutcome> outcomes,
        Span<int> matched
    )
    {
        bool IsIgnored(TruthBox box) => box.Role != BoxRole.Person || box.Area < sizes.Least || box.Area > sizes.Most;
        int[] order = [.. Enumerable.Range(0, truth.Length).OrderBy(i => IsIgnored(truth[i]) ? 1 : 0)];
        var taken = new bool[truth.Length];
        for (var d = 0; d < found.Count; d++)
        {
            var (best, limit) = (-1, Math.Min(overlap, 1 - 1e-10));
            foreach (var g in order)
            {
                if (taken[g] && truth[g].Role == BoxRole.Person)
                {
                    continue;
                }

                if (best >= 0 && !IsIgnored(truth[best]) && IsIgnored(truth[g]))
                {
                    break; // a person to be found goes before all that is ignored
                }

                var shared = found[d].Overlap(truth[g]);
                if (shared >= limit)
                {
                    (best, limit) = (g, shared);
                }
            }

            matched[d] = best;
            if (best >= 0)
            {
                taken[best] = true;
                outcomes[d] = IsIgnored(truth[best]) ? BoxOutcome.Ignored : BoxOutcome.Right;
            }
            else
            {
                outcomes[d] = found[d].Area < sizes.Least || found[d].Area > sizes.Most ? BoxOutcome.Ignored : BoxOutcome.Wrong;
            }
        }

        return truth.Count(box => !IsIgnored(box));
    }
}
