namespace MLNetPerson.Packaging;

/// <summary>A file that belongs to a package.</summary>
/// <param name="Path">Below the package's folder, with forward slashes.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its hash, 64 hexadecimal digits.</param>
public sealed record PackageFile(string Path, long Bytes, string Sha256);
