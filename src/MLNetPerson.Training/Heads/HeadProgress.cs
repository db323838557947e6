namespace MLNetPerson.Training.Heads;

/// <summary>How far a fit is.</summary>
/// <param name="Step">What is being done, for a reader.</param>
public readonly record struct HeadProgress(string Step);
