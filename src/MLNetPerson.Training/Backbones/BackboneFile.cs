namespace MLNetPerson.Training.Backbones;

/// <summary>One file of a backbone's source.</summary>
/// <param name="Name">Below the source's folder.</param>
/// <param name="Sha256">64 hexadecimal digits.</param>
public sealed record BackboneFile(string Name, string Sha256);
