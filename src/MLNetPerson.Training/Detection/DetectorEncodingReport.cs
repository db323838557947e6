using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Detection;

/// <summary>What was measured of a detector's encoding: it stands in the package's manifest beside the file it is about.</summary>
public sealed record DetectorEncodingReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
    };

    /// <summary>The encoding.</summary>
    public required string Encoding { get; init; }

    /// <summary>Size of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Size of the float file.</summary>
    public required long FloatBytes { get; init; }

    /// <summary>Pictures that both models judged. None of them was calibrated on.</summary>
    public required int Samples { get; init; }

    /// <summary>Annotated persons in them.</summary>
    public required int Persons { get; init; }

    /// <summary>Average precision at an overlap of 0.5 of this encoding, 0 to 1.</summary>
    public required double Ap50 { get; init; }

    /// <summary>Average precision at an overlap of 0.5 of the float model on the same pictures, 0 to 1.</summary>
    public required double FloatAp50 { get; init; }

    /// <summary>Largest difference of a picture's highest probability.</summary>
    public required double LargestProbabilityDifference { get; init; }

    /// <summary>How fast it is with its suppression, at one thread and at all.</summary>
    public required ImmutableArray<LatencyReport> Latency { get; init; }

    /// <summary>Nodes of the file that did not become integers, with the reason.</summary>
    public required ImmutableArray<string> LeftInFloat { get; init; }

    /// <summary>What was done for its accuracy, in order.</summary>
    public required ImmutableArray<string> Recovery { get; init; }

    /// <summary>What it was calibrated on; null where nothing had to be.</summary>
    public CalibrationReport? Calibration { get; init; }

    /// <summary>Processor and ONNX Runtime that all this was measured with.</summary>
    public required string Machine { get; init; }

    /// <summary>AP50 minus the float model's, in percentage points.</summary>
    [JsonIgnore]
    public double Points => 100 * (Ap50 - FloatAp50);

    /// <summary>The report inside a manifest, or null where there is none or one of another program.</summary>
    public static DetectorEncodingReport? Of(PackageEncoding encoding)
    {
        try
        {
            return encoding.Report?.Deserialize<DetectorEncodingReport>(Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Json)!.AsObject();
}

/// <summary>What became of the encodings that were asked for.</summary>
/// <param name="Package">Full path.</param>
/// <param name="Written">Those that are in the package now, in the order asked.</param>
/// <param name="Refused">Those that the gate kept out, with the reason.</param>
public sealed record DetectorQuantizeResult(
    string Package,
    ImmutableArray<DetectorEncodingReport> Written,
    ImmutableArray<RefusedEncoding> Refused
);
