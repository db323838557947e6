using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Export;

/// <summary>What was measured of an encoding: it stands in the package's manifest beside the file it is about.</summary>
public sealed record EncodingReport
{
    /// <summary>Pictures named as such: neither trained nor calibrated on.</summary>
    public const string HeldOut = "held-out";

    /// <summary>What calibration left of its dataset. The model may have been trained on it: accuracies flatter then, differences do
    /// not.</summary>
    public const string NotHeldOut = "not calibrated on";

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

    /// <summary>Where the pictures for the proof came from: <see cref="HeldOut"/> or <see cref="NotHeldOut"/>.</summary>
    public required string Source { get; init; }

    /// <summary>How many pictures both models judged. None of them was calibrated on.</summary>
    public required int Samples { get; init; }

    /// <summary>Of this encoding, at the package's threshold.</summary>
    public required PackageMetric Accuracy { get; init; }

    /// <summary>Of the float model on the same pictures.</summary>
    public required PackageMetric FloatAccuracy { get; init; }

    /// <summary>Of this encoding; null where the pictures are of one class.</summary>
    public PackageMetric? RocAuc { get; init; }

    /// <summary>Of the float model on the same pictures.</summary>
    public PackageMetric? FloatRocAuc { get; init; }

    /// <summary>This encoding's area minus the float model's, with DeLong's interval for paired scores.</summary>
    public PackageMetric? RocAucDifference { get; init; }

    /// <summary>Pictures that the float model judges rightly and this encoding wrongly.</summary>
    public required int Lost { get; init; }

    /// <summary>Pictures that the float model judges wrongly and this encoding rightly.</summary>
    public required int Gained { get; init; }

    /// <summary>Of McNemar's exact test of lost against gained.</summary>
    public required double PValue { get; init; }

    /// <summary>Mean distance of the two models' probabilities.</summary>
    public required double MeanProbabilityDifference { get; init; }

    /// <summary>Largest distance of the two models' probabilities.</summary>
    public required double LargestProbabilityDifference { get; init; }

    /// <summary>How fast it is, at one thread and at all.</summary>
    public required ImmutableArray<LatencyReport> Latency { get; init; }

    /// <summary>Nodes that calculate on integers in the graph as ONNX Runtime rewrote it, by operation.</summary>
    public required ImmutableSortedDictionary<string, int> IntegerNodes { get; init; }

    /// <summary>Nodes that calculate in float in that graph, by operation.</summary>
    public required ImmutableSortedDictionary<string, int> FloatNodes { get; init; }

    /// <summary>Nodes of the file that did not become integers, with the reason. Empty for encodings that mean to calculate in
    /// float.</summary>
    public required ImmutableArray<string> LeftInFloat { get; init; }

    /// <summary>The tensors that rounding changed most, with their signal-to-noise ratio in decibels.</summary>
    public required ImmutableArray<NoiseReport> WorstTensors { get; init; }

    /// <summary>What was done for its accuracy, in order.</summary>
    public required ImmutableArray<string> Recovery { get; init; }

    /// <summary>What it was calibrated on; null where nothing had to be.</summary>
    public CalibrationReport? Calibration { get; init; }

    /// <summary>Processor and ONNX Runtime that all this was measured with.</summary>
    public required string Machine { get; init; }

    /// <summary>Hash of everything that decides the file: the same key, the same bytes.</summary>
    public required string Key { get; init; }

    /// <summary>Accuracy minus the float model's, in percentage points.</summary>
    [JsonIgnore]
    public double Points => Samples == 0 ? 0 : 100.0 * (Gained - Lost) / Samples;

    /// <summary>The report inside a manifest, or null where there is none or one of another program.</summary>
    public static EncodingReport? Of(PackageEncoding encoding)
    {
        try
        {
            return encoding.Report?.Deserialize<EncodingReport>(Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Json)!.AsObject();
}
