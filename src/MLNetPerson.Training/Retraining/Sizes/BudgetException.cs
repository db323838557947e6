namespace MLNetPerson.Training.Retraining.Sizes;

/// <summary>No model is fast enough. The message names the fastest and what it needs.</summary>
/// <param name="message">What was found, what was asked for, what to do.</param>
public sealed class BudgetException(string message) : Exception(message);
