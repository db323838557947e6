using System.Numerics.Tensors;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Curation.ActiveLearning;

/// <summary>
/// Chooses which unlabelled pictures to look at next: those that the model is least sure of, and no two that would teach the same. One
/// after the other the picture with the largest product of doubt and distance from what is chosen already.
/// </summary>
public static class BatchChooser
{
    /// <summary>A probability near 0 or 1 is taken for this near.</summary>
    private const double Smallest = 1e-6;

    /// <summary>1 at the threshold, 0 where the model is sure; the same on both sides of the threshold in odds.</summary>
    /// <param name="probability">Of person.</param>
    /// <param name="threshold">The model's.</param>
    public static double Doubt(double probability, double threshold)
    {
        var shifted = 1 / (1 + Math.Exp(Logit(threshold) - Logit(probability)));
        return 2 * Math.Min(shifted, 1 - shifted);
    }

    /// <summary>Chooses.</summary>
    /// <param name="probabilities">Of each picture.</param>
    /// <param name="threshold">The model's.</param>
    /// <param name="descriptors">Of each picture, of length 1: see <see cref="Describe"/>.</param>
    /// <param name="count">How many, at most.</param>
    /// <param name="known">How many of the last rows are labelled already: they are not chosen, and keep their like from being.</param>
    /// <returns>Indices, in the order in which they were chosen.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static IReadOnlyList<int> Choose(
        IReadOnlyList<double> probabilities,
        double threshold,
        FeatureTable descriptors,
        int count,
        int known = 0
    )
    {
        var candidates = descriptors.Rows - known;
        if (probabilities.Count != candidates)
        {
            throw new ArgumentException(
                $"{probabilities.Count} probabilities do not belong to {candidates} pictures.",
                nameof(probabilities)
            );
        }

        var nearest = new float[candidates]; // cosine to the nearest picture that is chosen or known, not below 0
        for (var row = candidates; row < descriptors.Rows; row++)
        {
            Near(row);
        }

        List<int> chosen = [];
        var taken = new bool[candidates];
        while (chosen.Count < Math.Min(count, candidates))
        {
            var best = Enumerable
                .Range(0, candidates)
                .Where(index => !taken[index])
                .MaxBy(index => (Doubt(probabilities[index], threshold) * (1 - Math.Min(1, nearest[index])), -index));
            (taken[best], _) = (true, 0);
            chosen.Add(best);
            Near(best);
        }

        return chosen;

        void Near(int row) =>
            Parallel.For(
                0,
                candidates,
                index =>
                    nearest[index] = Math.Max(
                        nearest[index],
                        TensorPrimitives.Dot((ReadOnlySpan<float>)descriptors.Row(row), descriptors.Row(index))
                    )
            );
    }

    /// <summary>Short vectors of length 1 whose cosine says how alike two pictures are to the backbone.</summary>
    public static FeatureTable Describe(FeatureTable features, int seed = 17) => Neighbours.Descriptors.Of(features, seed);

    private static double Logit(double probability) => Math.Clamp(probability, Smallest, 1 - Smallest) is var p ? Math.Log(p / (1 - p)) : 0;
}
