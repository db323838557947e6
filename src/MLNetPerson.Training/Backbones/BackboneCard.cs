using System.Collections.Immutable;

namespace MLNetPerson.Training.Backbones;

/// <summary>What has to be known of a backbone to use it, and to answer for using it.</summary>
public sealed record BackboneCard
{
    /// <summary>What recipes call it.</summary>
    public required string Name { get; init; }

    /// <summary>Architecture, training data and publisher, for a reader.</summary>
    public required string Origin { get; init; }

    /// <summary>SPDX expression of the weights' licence.</summary>
    public required string Licence { get; init; }

    /// <summary>How pixels are fed.</summary>
    public required BackboneInput Input { get; init; }

    /// <summary>Where features can be taken.</summary>
    public required ImmutableArray<TapCard> Taps { get; init; }

    /// <summary>How the backbone's own detection heads are read; null where it has none.</summary>
    public BackboneDetector? Detector { get; init; }

    /// <summary>The published package that the weights come from; null for a user's own file.</summary>
    public BackboneSource? Source { get; init; }

    /// <summary>The tap of that name.</summary>
    /// <exception cref="BackboneException">There is none; the message lists those that are there.</exception>
    public TapCard Tap(string name) =>
        Taps.FirstOrDefault(tap => tap.Name == name)
        ?? throw new BackboneException(
            $"Backbone '{Name}' has no tap '{name}'. Its taps: {string.Join(", ", Taps.Select(tap => tap.Name))}."
        );

    /// <summary>All that is wrong with the card, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        void Require(bool right, string otherwise)
        {
            if (!right)
            {
                faults.Add(otherwise);
            }
        }

        Require(!string.IsNullOrWhiteSpace(Name), "'name' is empty");
        Require(!string.IsNullOrWhiteSpace(Origin), "'origin' is empty: say where the weights come from");
        Require(!string.IsNullOrWhiteSpace(Licence), "'licence' is empty: say under which terms the weights may be used");
        Require(Input?.Fault() is null, $"'input': {Input?.Fault()}");
        Require(!Taps.IsDefaultOrEmpty, "'taps' is empty: name at least one tensor to take features from");
        foreach (var tap in Taps.IsDefault ? [] : Taps)
        {
            Require(tap.Channels > 0, $"tap '{tap.Name}': 'channels' is {tap.Channels}, it must be above 0");
            Require(tap.Stride >= 0, $"tap '{tap.Name}': 'stride' is {tap.Stride}, it must not be negative");
            Require(
                tap.Select is null or { Every: >= 1, Offset: >= 0 } && (tap.Select is null || tap.Select.Offset < tap.Select.Every),
                $"tap '{tap.Name}': 'select' keeps channel {tap.Select?.Offset} of every {tap.Select?.Every}"
            );
        }

        Require(Detector?.Fault() is null, $"'detector': {Detector?.Fault()}");
        Require(Taps.IsDefault || Taps.Select(tap => tap.Name).Distinct().Count() == Taps.Length, "two taps have the same name");
        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}
