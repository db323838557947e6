namespace MLNetPerson.Training.Backbones;

/// <summary>A backbone cannot be had or does not fit. The message names it and says what to do.</summary>
/// <param name="message">What happened, what was expected, what to do.</param>
/// <param name="inner">The error underneath, if any.</param>
public sealed class BackboneException(string message, Exception? inner = null) : Exception(message, inner);
