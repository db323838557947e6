using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MLNetPerson.Images;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Retraining;

/// <summary>What a retrain starts from: everything that decides the model but the pictures.</summary>
public sealed record Recipe
{
    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public string Description { get; init; } = "";

    /// <summary>A backbone's name, or the path of an ONNX file with a card beside it.</summary>
    public required string Backbone { get; init; }

    /// <summary>What the model reads.</summary>
    public required ImageSpec Input { get; init; }

    /// <summary>The blocks of features.</summary>
    public required ImmutableArray<FeatureSpec> Features { get; init; }

    /// <summary>How the head is fitted.</summary>
    public HeadOptions Head { get; init; } = new();

    /// <summary>How the threshold is chosen: see <see cref="ThresholdRule.Parse"/>.</summary>
    public string Threshold { get; init; } = ThresholdRule.Default.ToString()!;

    /// <summary>An attribute whose values shall count alike within each label, or null: see <see cref="AttributeWeights"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Balance { get; init; }

    /// <summary>How the weights below the head are learned, or null where they are not: read by MLNetPerson.Tuning, which knows its
    /// values.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonObject? Tuning { get; init; }

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (string.IsNullOrWhiteSpace(Name))
        {
            faults.Add("'name' is empty");
        }

        if (string.IsNullOrWhiteSpace(Backbone))
        {
            faults.Add("'backbone' is empty");
        }

        if (Input.Fault() is { } input)
        {
            faults.Add($"'input': {input}");
        }

        if (Features.IsDefaultOrEmpty)
        {
            faults.Add("'features' is empty");
        }
        else
        {
            faults.AddRange(
                Features
                    .Where(feature => feature.Window < 1)
                    .Select(feature => $"features of '{feature.Tap}': 'window' is {feature.Window}, below 1")
            );
            faults.AddRange(
                Features
                    .Where(feature => !double.IsFinite(feature.Weight) || feature.Weight <= 0)
                    .Select(feature => $"features of '{feature.Tap}': 'weight' is {feature.Weight}, it must be above 0")
            );
        }

        if (Head.Fault() is { } head)
        {
            faults.Add($"'head': {head}");
        }

        try
        {
            _ = ThresholdRule.Parse(Threshold);
        }
        catch (FormatException exception)
        {
            faults.Add($"'threshold': {exception.Message}");
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}
