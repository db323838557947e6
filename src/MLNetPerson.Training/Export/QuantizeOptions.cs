using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Onnx.Quantization.Ranges;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Export;

/// <summary>Which encodings a package gets, and how good they must be.</summary>
public sealed record QuantizeOptions
{
    /// <summary>All there are besides float32.</summary>
    public static readonly ImmutableArray<string> AllEncodings =
    [
        PackageEncoding.Int8,
        PackageEncoding.Int8Portable,
        PackageEncoding.Fp16,
        PackageEncoding.Weights8,
    ];

    /// <summary>Which ones to make.</summary>
    public ImmutableArray<string> Encodings { get; init; } = AllEncodings;

    /// <summary>Pictures to calibrate on, half of them persons. Range [2, 100000].</summary>
    public int Calibration { get; init; } = 300;

    /// <summary>Percentage points of accuracy that an encoding may lose against float. Range [0, 100].</summary>
    public double MaxDrop { get; init; } = 0.5;

    /// <summary>Of the choice of calibration pictures.</summary>
    public int Seed { get; init; } = 17;

    /// <summary>How activations' ranges are found.</summary>
    public RangeMethod Range { get; init; } = RangeMethod.MinMax;

    /// <summary>Trains an integer graph through its rounding, where nothing else was good enough; null where nobody does.</summary>
    internal Func<OnnxGraph, CancellationToken, OnnxGraph>? LastRung { get; init; }

    /// <summary>Whether training comes first, and the other steps only where it was not good enough.</summary>
    internal bool TrainsFirst { get; init; }

    /// <summary>Share of values kept, in percent, for <see cref="RangeMethod.Percentile"/>. Range (50, 100].</summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>A folder in which processes leave how sensitive layers are (<see cref="PackageQuantizer.RankPart"/>); null to measure all
    /// of
    /// them here.</summary>
    public string? SharedFolder { get; init; }

    /// <summary>Pictures that may be unusable before the run fails. Range [0, ∞).</summary>
    public int MaxBad { get; init; } = int.MaxValue;

    /// <summary>What a picture may ask for.</summary>
    public ImageLimits Limits { get; init; } = new();

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (Encodings.IsDefaultOrEmpty)
        {
            faults.Add("no encoding is named");
        }
        else
        {
            faults.AddRange(
                Encodings
                    .Where(name => !AllEncodings.Contains(name))
                    .Select(name => $"'{name}' is no encoding that can be made ({string.Join(", ", AllEncodings)})")
            );
        }

        if (Calibration is not (>= 2 and <= 100_000))
        {
            faults.Add($"{Calibration} calibration pictures are outside 2 to 100000");
        }

        if (MaxDrop is not (>= 0 and <= 100))
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"a largest drop of {MaxDrop} points is outside 0 to 100"));
        }

        if (MaxBad < 0)
        {
            faults.Add($"{MaxBad} unusable pictures are below 0");
        }

        if (ToInt8().Fault() is { } fault)
        {
            faults.Add(fault);
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }

    internal Int8Options ToInt8() => new() { Range = Range, Percentile = Percentile };

    /// <summary>Refuses faulty options before any work.</summary>
    /// <exception cref="QuantizationException">They are faulty; all faults are in the message.</exception>
    internal void Check()
    {
        if (Fault() is { } fault)
        {
            throw new QuantizationException($"Options for encodings have faults: {fault}.");
        }
    }
}
