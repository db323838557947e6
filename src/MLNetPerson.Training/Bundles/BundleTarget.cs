using System.Collections.Immutable;
using MLNetPerson.Inference;

namespace MLNetPerson.Training.Bundles;

/// <summary>A kind of device that bundles are made for.</summary>
/// <param name="Name">As .NET names platforms: "linux-arm64".</param>
/// <param name="Description">For a reader.</param>
/// <param name="Processor">What decides which encoding is best there.</param>
/// <param name="Boards">Those of them that speed can be estimated for: keys of <see cref="FrameRateEstimator.Boards"/>.</param>
public sealed record BundleTarget(string Name, string Description, CpuFeatures Processor, ImmutableArray<string> Boards)
{
    /// <summary>All there are.</summary>
    public static ImmutableArray<BundleTarget> All { get; } =
    [
        new BundleTarget(
            "linux-arm64",
            "64-bit ARM under Linux, such as a Raspberry Pi 4 or 5 with a 64-bit system",
            new CpuFeatures("ARMv8-A", "arm64", []),
            ["pi4", "pi5"]
        ),
    ];

    /// <summary>The target of that name.</summary>
    /// <exception cref="BundleException">There is none; the message names those there are.</exception>
    public static BundleTarget Of(string name) =>
        All.FirstOrDefault(target => target.Name == name)
        ?? throw new BundleException(
            $"Bundles are not made for '{name}'. They are made for: {string.Join(", ", All.Select(target => target.Name))}."
        );
}
