using System.Text.Json.Nodes;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Export;

/// <summary>All that goes into a package.</summary>
public sealed record ExportRequest
{
    /// <summary>Where to write it.</summary>
    public required string Folder { get; init; }

    /// <summary>What to call it.</summary>
    public required string Name { get; init; }

    /// <summary>From picture to features.</summary>
    public required FeatureNetwork Network { get; init; }

    /// <summary>With its calibration folded in.</summary>
    public required LinearHead Head { get; init; }

    /// <summary>What was folded in.</summary>
    public required LogitCalibration Calibration { get; init; }

    /// <summary>0 to 1.</summary>
    public required double Threshold { get; init; }

    /// <summary>How it was chosen.</summary>
    public required string ThresholdRule { get; init; }

    /// <summary>How well it does.</summary>
    public required PackageMetrics Metrics { get; init; }

    /// <summary>What it was trained on.</summary>
    public required PackageDataset Dataset { get; init; }

    /// <summary>What fitted the head.</summary>
    public required string Trainer { get; init; }

    /// <summary>The recipe as it was run.</summary>
    public required JsonObject Recipe { get; init; }

    /// <summary>The time that an answer was to take, and the size chosen for it, or null.</summary>
    public PackageBudget? Budget { get; init; }

    /// <summary>Of every random choice.</summary>
    public required int Seed { get; init; }

    /// <summary>What the head was fitted on, for the parity check.</summary>
    public required FeatureSet Features { get; init; }

    /// <summary>Whether the encodings of a package that is replaced are kept, where its float model is the same byte for byte.</summary>
    public bool KeepEncodings { get; init; }

    /// <summary>What a picture may ask for.</summary>
    public ImageLimits Limits { get; init; } = new();
}
