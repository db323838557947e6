namespace MLNetPerson.Training.Heads;

/// <summary>A head cannot be fitted. The message says what the samples lack.</summary>
/// <param name="message">What happened and what to do.</param>
public sealed class HeadException(string message) : Exception(message);
