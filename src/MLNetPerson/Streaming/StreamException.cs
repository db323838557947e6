namespace MLNetPerson.Streaming;

/// <summary>A stream of frames is not what it was said to be. The message says what came, what was promised, and what to do.</summary>
/// <param name="message">What happened, what was promised, what to do.</param>
/// <param name="inner">The error underneath, if any.</param>
public sealed class StreamException(string message, Exception? inner = null) : Exception(message, inner);
