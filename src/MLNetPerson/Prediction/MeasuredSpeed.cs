using System.Globalization;
using System.Text.Json.Nodes;
using MLNetPerson.Packaging;

namespace MLNetPerson;

/// <summary>How fast an encoding was beside the float model, in the report that its package holds.</summary>
/// <param name="Speed">How many times as fast, by medians of one thread where that was timed. Range (0, ∞).</param>
/// <param name="Machine">Processor and ONNX Runtime that it was measured with.</param>
internal sealed record MeasuredSpeed(double Speed, string Machine)
{
    /// <summary>Whether it is worth to be chosen for its speed.</summary>
    public bool IsFasterThanFloat => Speed >= 1;

    /// <summary>"x64", "arm64", …: the word behind the processor's name; "" where the report does not say.</summary>
    public string Architecture
    {
        get
        {
            var start = Machine.LastIndexOf('(') + 1;
            var end = Machine.IndexOfAny([':', ')'], start);
            return start > 0 && end > start ? Machine[start..end] : "";
        }
    }

    /// <summary>What an encoding's report says, or null where it has none, or one of another program.</summary>
    public static MeasuredSpeed? Of(PackageEncoding encoding)
    {
        try
        {
            if (encoding.Report?["latency"] is not JsonArray { Count: > 0 } latency || latency[0] is not { } one)
            {
                return null;
            }

            var (ours, exact) = (one["p50"]?.GetValue<double>() ?? 0, one["floatP50"]?.GetValue<double>() ?? 0);
            return ours > 0 && exact > 0 ? new MeasuredSpeed(exact / ours, encoding.Report["machine"]?.GetValue<string>() ?? "") : null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            return null; // values of other kinds than ours
        }
    }

    /// <summary>For example "at 0.19 of float32's speed on AMD EPYC (x64: avx2), ONNX Runtime 1.31.1".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"at {Speed:0.00} of float32's speed{(Machine.Length == 0 ? "" : $" on {Machine}")}");
}
