namespace MLNetPerson.Packaging;

/// <summary>A size of input that was tried for a budget.</summary>
/// <param name="Side">In pixels.</param>
/// <param name="Milliseconds">The 95th percentile where it was measured, else the middle of the estimate.</param>
/// <param name="Low">Lower end of its 95 % interval, or of the estimate.</param>
/// <param name="High">Upper end: this is what has to fit.</param>
/// <param name="Fits">Whether it does.</param>
/// <param name="Accuracy">Cross-validated on the training pictures, where it fits and so was a candidate.</param>
public sealed record BudgetTrial(int Side, double Milliseconds, double Low, double High, bool Fits, PackageMetric? Accuracy = null);
