using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Export;

/// <summary>What an export wrote.</summary>
/// <param name="Manifest">As written, without the list of files.</param>
/// <param name="ModelBytes">Size of the float model.</param>
/// <param name="Parity">How exactly it reproduces the training path.</param>
public sealed record ExportReport(PackageManifest Manifest, long ModelBytes, ParityReport Parity);
