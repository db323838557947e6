namespace MLNetPerson.Tuning.Natives;

/// <summary>Tuning cannot start or go on. The message says what happened, what was expected, and what to do.</summary>
/// <param name="message">What happened, and what to do.</param>
/// <param name="inner">The error underneath, if any.</param>
public sealed class TuningException(string message, Exception? inner = null) : Exception(message, inner);
