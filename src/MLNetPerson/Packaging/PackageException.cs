namespace MLNetPerson.Packaging;

/// <summary>A folder is not a model package that can be trusted. The message names the files, both values, and what to do.</summary>
/// <param name="message">What happened, what was promised, what to do.</param>
/// <param name="inner">The error underneath, if any.</param>
public sealed class PackageException(string message, Exception? inner = null) : Exception(message, inner);
