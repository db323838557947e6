namespace MLNetPerson.Training.Bundles;

/// <summary>A bundle cannot be made or trusted. The message names the file, both values, and what to do.</summary>
/// <param name="message">What happened, what was promised, what to do.</param>
public sealed class BundleException(string message) : Exception(message);
