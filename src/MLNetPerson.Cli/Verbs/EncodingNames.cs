using MLNetPerson.Training.Export;

namespace MLNetPerson.Cli.Verbs;

/// <summary>What <c>--encodings</c> says.</summary>
internal static class EncodingNames
{
    public const string All = "all";
    public const string None = "none";

    /// <summary>Null for none. Names are checked with the other options, so that all faults come in one message.</summary>
    public static QuantizeOptions? Options(string names, int calibration, double maxDrop, int seed) =>
        names == None
            ? null
            : new QuantizeOptions
            {
                Encodings =
                    names == All
                        ? QuantizeOptions.AllEncodings
                        : [.. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
                Calibration = calibration,
                MaxDrop = maxDrop,
                Seed = seed,
            };
}
