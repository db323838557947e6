namespace MLNetPerson.Training.Export;

/// <summary>A golden picture as answered on this machine.</summary>
/// <param name="Encoding">Which model answered.</param>
/// <param name="File">The picture.</param>
/// <param name="Promised">By the manifest.</param>
/// <param name="Given">Here.</param>
/// <param name="IsRight">Whether both agree within the encoding's tolerance.</param>
public sealed record GoldenResult(string Encoding, string File, double Promised, double Given, bool IsRight);
