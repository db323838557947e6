using System.Collections.Immutable;

namespace MLNetPerson.Training.Pages;

/// <summary>How many bytes of pictures still fit into a page.</summary>
internal sealed class PictureBudget
{
    /// <summary>What the library, the style and the longest lists leave of a page, in characters.</summary>
    private int _left = 1_500_000;

    /// <summary>A picture as an address that holds all of it, or null where none is left for it.</summary>
    public string? Address(ImmutableArray<byte> jpeg)
    {
        var length = 4 * ((jpeg.Length + 2) / 3);
        if (jpeg.IsEmpty || length > _left)
        {
            return null;
        }

        _left -= length;
        return "data:image/jpeg;base64," + Convert.ToBase64String(jpeg.AsSpan());
    }
}
