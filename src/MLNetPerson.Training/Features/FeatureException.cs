namespace MLNetPerson.Training.Features;

/// <summary>Too few pictures could be used. The message counts them and gives examples.</summary>
/// <param name="message">What happened and what to do.</param>
public sealed class FeatureException(string message) : Exception(message);
