namespace MLNetPerson.Training.Curation.Neighbours;

/// <summary>Two pictures that are one photograph, or of one scene.</summary>
/// <param name="First">Index of a picture.</param>
/// <param name="Second">Index of another, above <paramref name="First"/>.</param>
/// <param name="Kind"><see cref="FindingKind.ExactDuplicate"/>, <see cref="FindingKind.NearDuplicate"/> or
/// <see cref="FindingKind.SameScene"/>.</param>
/// <param name="Agreement">Of their details, −1 to 1.</param>
public readonly record struct CopyPair(int First, int Second, FindingKind Kind, double Agreement);
