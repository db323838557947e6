namespace MLNetPerson.Training.Bundles;

/// <summary>The model package inside a bundle.</summary>
/// <param name="Name">What its maker calls it.</param>
/// <param name="Folder">Below the bundle.</param>
/// <param name="ManifestSha256">Hash of its <c>manifest.json</c>: which package this is, in one line.</param>
public sealed record BundlePackage(string Name, string Folder, string ManifestSha256);
