namespace MLNetPerson.Packaging;

/// <summary>One number with its uncertainty.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Low">Lower end of the 95 % interval, or null where none is given.</param>
/// <param name="High">Upper end of the 95 % interval, or null where none is given.</param>
public sealed record PackageMetric(double Value, double? Low, double? High);
