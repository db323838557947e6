namespace MLNetPerson.Tuning.Batches;

/// <summary>Pictures to learn from in one step.</summary>
/// <param name="Pixels">[count, height, width, 3] bytes.</param>
/// <param name="Side">Height and width, in pixels; where they differ, <paramref name="Width"/> is the width.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Targets">[count] probability of a person to learn: label and teachers mixed. Range [0, 1].</param>
/// <param name="Weights">[count] how much each counts. Range [0, ∞).</param>
/// <param name="Pictures">[count] indices of the pictures.</param>
public sealed record Batch(byte[] Pixels, int Side, int Width, float[] Targets, float[] Weights, int[] Pictures)
{
    /// <summary>Number of pictures.</summary>
    public int Count => Targets.Length;
}
