using System.Collections.Immutable;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Bundles;

/// <summary>What <c>bundle.json</c> says: all that a runtime needs to run the models and to test itself.</summary>
/// <remarks>Described for readers in any language in the bundle's own README.md.</remarks>
public sealed record BundleManifest
{
    /// <summary>The schema that this code writes and reads.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>Which version of the format this is.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>Program and version that wrote the bundle.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Name of the target.</summary>
    public required string Target { get; init; }

    /// <summary>The package's folder and its manifest's hash.</summary>
    public required BundlePackage Package { get; init; }

    /// <summary>What every model takes.</summary>
    public required PackageInput Input { get; init; }

    /// <summary>What every model gives.</summary>
    public required PackageOutput Output { get; init; }

    /// <summary>What the two answers are called: index 0 for no person, index 1 for person.</summary>
    public required ImmutableArray<string> Labels { get; init; }

    /// <summary>There is a person where the probability is at least this.</summary>
    public required double Threshold { get; init; }

    /// <summary>Environment variables to set before ONNX Runtime is started: without them version 1.29 and later write a device identifier
    /// and events below the home directory and look up a collector. Bundles from before this property have the same value.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty.Add(OnnxTelemetry.OffVariable, OnnxTelemetry.Off);

    /// <summary>The models.</summary>
    public required ImmutableArray<BundleEncoding> Encodings { get; init; }

    /// <summary>The encoding to use on this target, and why.</summary>
    public required RecommendedEncoding Recommended { get; init; }

    /// <summary>What a runtime checks itself with.</summary>
    public required BundleSelfTest SelfTest { get; init; }

    /// <summary>How fast it may be: estimates.</summary>
    public required BundleEstimates Estimates { get; init; }

    /// <summary>Every file of the bundle but <c>bundle.json</c> itself.</summary>
    public required ImmutableArray<PackageFile> Files { get; init; }
}
