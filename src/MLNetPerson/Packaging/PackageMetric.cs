using System.Globalization;

namespace MLNetPerson.Packaging;

/// <summary>One number with its uncertainty.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Low">Lower end of the 95 % interval, or null where none is given.</param>
/// <param name="High">Upper end of the 95 % interval, or null where none is given.</param>
public sealed record PackageMetric(double Value, double? Low, double? High)
{
    /// <summary>For example "0.9251 (0.9067–0.9401)".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Value:0.0000}")
        + (this is { Low: { } low, High: { } high } ? string.Create(CultureInfo.InvariantCulture, $" ({low:0.0000}–{high:0.0000})") : "");
}
