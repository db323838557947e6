namespace MLNetPerson.Training.Evaluation;

/// <summary>How far a slice's rate is behind the best slice's.</summary>
/// <param name="Value">Behind is above 0: recall missing, or false alarms more.</param>
/// <param name="Interval">Where the true gap lies, 95 times in 100, for all pairs of slices of the attribute together.</param>
/// <param name="ExcludesParity">Whether the interval leaves out 0: no chance of the draw, but a difference.</param>
public readonly record struct SliceGap(double Value, Interval Interval, bool ExcludesParity);
