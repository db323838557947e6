namespace MLNetPerson.Training.Retraining;

/// <summary>An unlabelled picture that is worth a look.</summary>
/// <param name="File">Below the folder of unlabelled pictures, with forward slashes.</param>
/// <param name="Path">Full path.</param>
/// <param name="Probability">Of a person, by the package.</param>
/// <param name="Doubt">1 at the package's threshold, 0 where it is sure.</param>
public sealed record NextPicture(string File, string Path, double Probability, double Doubt);
