using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;

namespace MLNetPerson.Training.Bundles;

/// <summary>How long somebody else's network took on a board, as they published it.</summary>
/// <param name="Board">"pi4" or "pi5".</param>
/// <param name="Threads">That shared a run.</param>
/// <param name="Numbers">"float" or "int8".</param>
/// <param name="Network">Which.</param>
/// <param name="MillionMacs">Its multiply-accumulates, after its own paper.</param>
/// <param name="Milliseconds">For one picture.</param>
/// <param name="Runtime">What ran it.</param>
/// <param name="Use">"derive": rates come from it; "check": rates are held against it and owe nothing to it.</param>
/// <param name="Source">Where it was published.</param>
public sealed record PublishedTiming(
    string Board,
    int Threads,
    string Numbers,
    string Network,
    double MillionMacs,
    double Milliseconds,
    string Runtime,
    string Use,
    string Source
)
{
    private static readonly Lazy<ImmutableArray<PublishedTiming>> Table = new(Read);

    /// <summary>All of models/devices/published-timings.csv.</summary>
    public static ImmutableArray<PublishedTiming> All => Table.Value;

    /// <summary>Thousand million multiply-accumulates a second.</summary>
    public double Rate => MillionMacs / Milliseconds;

    private static ImmutableArray<PublishedTiming> Read()
    {
        using var stream = typeof(PublishedTiming).Assembly.GetManifestResourceStream("devices/published-timings.csv")!;
        using var csv = new CsvReader(
            new StreamReader(stream),
            new CsvHelper.Configuration.CsvConfiguration(CultureInfo.InvariantCulture)
            {
                PrepareHeaderForMatch = header => header.Header.ToLowerInvariant(),
            }
        );
        return [.. csv.GetRecords<PublishedTiming>()];
    }
}
