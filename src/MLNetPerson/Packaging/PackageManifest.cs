using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MLNetPerson.Packaging;

/// <summary>What <c>manifest.json</c> says: all that a program needs to run the package's models, and where they come from.</summary>
/// <remarks>The format is described for readers in any language in models/README.md.</remarks>
public sealed record PackageManifest
{
    /// <summary>The schema that this code writes and reads.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The task of a classifier: is there a person in the picture?</summary>
    public const string PersonTask = "person-classification";

    /// <summary>The task of a detector: where are the persons in the picture?</summary>
    public const string DetectionTask = "person-detection";

    /// <summary>Which version of the format this is.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>What the model answers: <see cref="PersonTask"/> or <see cref="DetectionTask"/>.</summary>
    public required string Task { get; init; }

    /// <summary>What its maker calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Program and version that wrote the package.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>What the two answers are called: index 0 for no person, index 1 for person.</summary>
    public required ImmutableArray<string> Labels { get; init; }

    /// <summary>What every model of the package takes.</summary>
    public required PackageInput Input { get; init; }

    /// <summary>What every model of the package gives.</summary>
    public required PackageOutput Output { get; init; }

    /// <summary>There is a person where the probability is at least this. Range 0 to 1.</summary>
    public required double Threshold { get; init; }

    /// <summary>How the threshold was chosen.</summary>
    public required string ThresholdRule { get; init; }

    /// <summary>How logits became probabilities. Already inside the models; here for the record.</summary>
    public required PackageCalibration Calibration { get; init; }

    /// <summary>How well it did, on which pictures.</summary>
    public required PackageMetrics Metrics { get; init; }

    /// <summary>What it was trained on.</summary>
    public required PackageDataset Dataset { get; init; }

    /// <summary>The network below the head.</summary>
    public required PackageBackbone Backbone { get; init; }

    /// <summary>What fitted the head, e.g. "builtin".</summary>
    public required string Trainer { get; init; }

    /// <summary>The recipe as it was run.</summary>
    public required JsonObject Recipe { get; init; }

    /// <summary>The seed of every random choice.</summary>
    public required int Seed { get; init; }

    /// <summary>The time that an answer was to take, and the size chosen for it; null where none was asked for.</summary>
    public PackageBudget? Budget { get; init; }

    /// <summary>The models: the same function in one or several encodings. The first one is the float model.</summary>
    public required ImmutableArray<PackageEncoding> Encodings { get; init; }

    /// <summary>What tells where in a picture the float model's answer comes from; null in packages that were exported without
    /// it.</summary>
    public PackageExplanation? Explanation { get; init; }

    /// <summary>How a detector's boxes come out; null in a classifier's package.</summary>
    public PackageDetection? Detection { get; init; }

    /// <summary>Pictures with known answers, to check an implementation with.</summary>
    public required ImmutableArray<PackageGolden> Goldens { get; init; }

    /// <summary>Every file of the package but <c>manifest.json</c> itself.</summary>
    public required ImmutableArray<PackageFile> Files { get; init; }
}
