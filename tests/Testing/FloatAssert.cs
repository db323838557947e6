using System.Globalization;

namespace MLNetPerson.Testing;

/// <summary>Comparisons that say where, how much, and what.</summary>
public static class FloatAssert
{
    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float within)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (worst, gap) = (-1, 0f);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = MathF.Abs(expected[i] - actual[i]);
            if (!(difference <= gap))
            {
                (worst, gap) = (i, difference);
            }
        }

        Assert.True(
            gap <= within,
            worst < 0
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"index {worst}: expected {expected[worst]}, got {actual[worst]}, {gap} apart, {within} allowed"
                )
        );
    }
}
