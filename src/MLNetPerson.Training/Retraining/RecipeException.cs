namespace MLNetPerson.Training.Retraining;

/// <summary>A recipe cannot be read or used. The message names it and all that is wrong with it.</summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="inner">The error underneath, if any.</param>
public sealed class RecipeException(string message, Exception? inner = null) : Exception(message, inner);
