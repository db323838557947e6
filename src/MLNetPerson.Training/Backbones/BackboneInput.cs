using System.Collections.Immutable;

namespace MLNetPerson.Training.Backbones;

/// <summary>How a backbone is fed: float pixels, (byte / 255 − mean) / std, channel by channel.</summary>
public sealed record BackboneInput
{
    /// <summary>The input tensor's name.</summary>
    public string Tensor { get; init; } = "input";

    /// <summary>"nchw" or "nhwc": the order of its dimensions.</summary>
    public string Layout { get; init; } = "nchw";

    /// <summary>"rgb" or "bgr": the order of its channels.</summary>
    public string Channels { get; init; } = "rgb";

    /// <summary>Three values on the scale 0 to 1, in the backbone's own channel order.</summary>
    public ImmutableArray<double> Mean { get; init; } = [0.5, 0.5, 0.5];

    /// <summary>Three values on the scale 0 to 1, each above 0.</summary>
    public ImmutableArray<double> Std { get; init; } = [0.5, 0.5, 0.5];

    /// <summary>Says what is wrong with the values, or null.</summary>
    public string? Fault() =>
        string.IsNullOrWhiteSpace(Tensor) ? "'tensor' is empty"
        : Layout is not ("nchw" or "nhwc") ? $"'layout' is '{Layout}'; it must be 'nchw' or 'nhwc'"
        : Channels is not ("rgb" or "bgr") ? $"'channels' is '{Channels}'; it must be 'rgb' or 'bgr'"
        : Mean.IsDefault || Mean.Length != 3 || Mean.Any(value => !double.IsFinite(value)) ? "'mean' must have three numbers"
        : Std.IsDefault || Std.Length != 3 || Std.Any(value => !double.IsFinite(value) || value <= 0)
            ? "'std' must have three numbers above 0"
        : null;
}
