namespace MLNetPerson.Training.Downloads;

/// <summary>A file wanted out of an npm package.</summary>
/// <param name="PathInPackage">Below the package's root, with forward slashes.</param>
/// <param name="Sha256">What its content must hash to, 64 hexadecimal digits.</param>
/// <param name="Target">Full path of where it goes.</param>
public sealed record NpmFile(string PathInPackage, string Sha256, string Target);
