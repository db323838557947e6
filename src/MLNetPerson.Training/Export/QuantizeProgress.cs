namespace MLNetPerson.Training.Export;

/// <summary>How far the making of encodings is.</summary>
/// <param name="Step">What is being done, for a reader.</param>
/// <param name="Done">Pictures done in this step.</param>
/// <param name="Total">Pictures in this step; 0 where none are counted.</param>
public readonly record struct QuantizeProgress(string Step, int Done = 0, int Total = 0);
