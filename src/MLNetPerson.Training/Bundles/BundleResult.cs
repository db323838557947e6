using System.Collections.Immutable;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Bundles;

/// <summary>What was written, and what was found when it was read again.</summary>
/// <param name="Folder">Full path.</param>
/// <param name="Manifest">What <c>bundle.json</c> says.</param>
/// <param name="Bytes">Of all files together.</param>
/// <param name="Goldens">Golden answers as the bundle's own models gave them on this machine.</param>
public sealed record BundleResult(string Folder, BundleManifest Manifest, long Bytes, ImmutableArray<GoldenResult> Goldens);
