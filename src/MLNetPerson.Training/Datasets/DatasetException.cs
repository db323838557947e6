namespace MLNetPerson.Training.Datasets;

/// <summary>A dataset cannot be read or used. The message names file, line and value, and says what is expected.</summary>
/// <param name="message">What happened, what was expected, what to do.</param>
/// <param name="inner">The error underneath, if any.</param>
public sealed class DatasetException(string message, Exception? inner = null) : Exception(message, inner);
