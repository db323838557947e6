namespace MLNetPerson.Training.Export;

/// <summary>The gate refused an export. The message names the worst case, both values and the limit.</summary>
/// <param name="message">What was found, what was promised, what to do.</param>
public sealed class ExportException(string message) : Exception(message);
