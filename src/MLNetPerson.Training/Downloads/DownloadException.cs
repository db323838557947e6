namespace MLNetPerson.Training.Downloads;

/// <summary>A published package could not be had, or was not what was promised. The message says which, why, and what to do.</summary>
/// <param name="message">What happened and what to do.</param>
/// <param name="inner">The error underneath, if any.</param>
public sealed class DownloadException(string message, Exception? inner = null) : Exception(message, inner);
