using System.Collections.Immutable;

namespace MLNetPerson.Inference;

/// <summary>An input or output as the model declares it.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Kind">Its element type.</param>
/// <param name="Shape">Its dimensions; −1 where the model leaves one open.</param>
public sealed record TensorSpec(string Name, TensorKind Kind, ImmutableArray<long> Shape)
{
    /// <summary>For example "image uint8 [?, 224, 224, 3]".</summary>
    public override string ToString() =>
        $"{Name} {Kind.ToString().ToLowerInvariant()} ["
        + $"{string.Join(", ", Shape.Select(d => d < 0 ? "?" : d.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";

    /// <summary>Whether a tensor of this shape can be fed: same rank, same dimensions where the model fixes them.</summary>
    internal bool Accepts(ReadOnlySpan<long> shape)
    {
        if (shape.Length != Shape.Length)
        {
            return false;
        }

        for (var i = 0; i < shape.Length; i++)
        {
            if (Shape[i] >= 0 && Shape[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }
}
