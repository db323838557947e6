namespace MLNetPerson.Training.Export;

/// <summary>An encoding that is not in the package.</summary>
/// <param name="Encoding">Its name.</param>
/// <param name="Reason">What it lost, what was allowed, what was tried.</param>
public sealed record RefusedEncoding(string Encoding, string Reason);
