namespace MLNetPerson.Training.Bundles;

/// <summary>Which model to use on a target.</summary>
/// <param name="Encoding">Its name.</param>
/// <param name="Reason">For a reader.</param>
public sealed record RecommendedEncoding(string Encoding, string Reason);
