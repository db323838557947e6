using System.Globalization;
using MLNetPerson.Testing.Fits;

namespace MLNetPerson.Testing;

/// <summary>What many pictures cost: the measured runs, cost = a + b · n through them, and what follows for a hundred million.</summary>
public static partial class ResultsTables
{
    private const double HundredMillion = 1e8;
    private const int LightWidth = 4224;

    /// <summary>Bytes of a cached record besides its features: a SHA-256 and a checksum.</summary>
    private const int RecordBytes = 36;

    /// <summary>Bytes of an index entry of a cache.</summary>
    private const int IndexBytes = 16;

    private static string Scale(List<Dictionary<string, string>> rows)
    {
        string[] parts = ["list-csv", "list-parquet", "extract", "retrain"];
        var measured = parts
            .Select(part => (Part: part, Rows: rows.Where(row => row["part"] == part).ToList()))
            .Where(part => part.Rows.Count >= 3)
            .ToList();
        var table = Lines(
            ["What", "From", "To", "Time", "r²", "Processor time", "r²", "Peak memory", "r²", "Longest", "Largest"],
            measured.Select(part =>
            {
                var (n, seconds, memory) = (Column(part.Rows, "n"), Column(part.Rows, "seconds"), Column(part.Rows, "peakMegabytes"));
                var (time, work, space) = (
                    LineFit.Of(n, seconds),
                    LineFit.Of(n, Column(part.Rows, "processorSeconds")),
                    LineFit.Of(n, memory)
                );
                return new[]
                {
                    Name(part.Part, part.Rows[0]["width"]),
                    Text(n[0]),
                    Text(n[^1]),
                    $"{time.A:0.0} s + {time.B * 1e6:0.#} µs · n",
                    $"{time.R2:0.000}",
                    $"{work.A:0.0} s + {work.B * 1e6:0.#} µs · n",
                    $"{work.R2:0.000}",
                    $"{space.A:0} MB + {space.B * 1e6:0} B · n",
                    $"{space.R2:0.000}",
                    $"{seconds[^1]:0.0} s",
                    $"{memory.Max():0} MB",
                };
            })
        );
        return $"{table}\n{Shards(rows)}{Outlook(rows)}\n{rows[^1]["machine"]}.\n";
    }

    private static string Shards(List<Dictionary<string, string>> rows)
    {
        var (one, eight) = (
            rows.FirstOrDefault(row => row["part"] == "shards-one"),
            rows.FirstOrDefault(row => row["part"] == "shards-eight")
        );
        return one is null || eight is null
            ? ""
            : $"Eight processes of one thread against one process with a thread a core, on the same "
                + $"{Text(Number(one["n"]))} pictures in turns: {Number(eight["seconds"]) / Number(one["seconds"]):0.000} times the time, "
                + $"{Number(eight["processorSeconds"]) / Number(one["processorSeconds"]):0.000} times the processor time.\n\n";
    }

    /// <summary>A hundred million pictures, from the lines through what was measured.</summary>
    private static string Outlook(List<Dictionary<string, string>> rows)
    {
        var extract = rows.Where(row => row["part"] == "extract").ToList();
        var retrain = rows.Where(row => row["part"] == "retrain").ToList();
        if (extract.Count < 3 || retrain.Count < 3)
        {
            return "";
        }

        var picture = LineFit.Of(Column(extract, "n"), Column(extract, "processorSeconds")).B;
        var (n, width) = (Column(retrain, "n"), Number(retrain[0]["width"]));
        var (time, memory) = (LineFit.Of(n, Column(retrain, "processorSeconds")), LineFit.Of(n, Column(retrain, "peakMegabytes")));
        var hours = picture * HundredMillion / 3600;
        var (tableWide, tableLight) = (HundredMillion * width * sizeof(float) / 1e12, HundredMillion * LightWidth * sizeof(float) / 1e12);
        var cache = tableLight + (HundredMillion * RecordBytes / 1e12);
        var index = HundredMillion * IndexBytes / 1e9;
        var (fit, held) = (((time.B * HundredMillion) + time.A) / 3600, ((memory.B * HundredMillion) + memory.A) / 1e3);
        return string.Create(
                CultureInfo.InvariantCulture,
                $"""
                By the lines of processor time a hundred million pictures take {hours:N0} core-hours of extraction, {hours
                    / 200:N1} hours on a hundred
                machines of two such cores. The cache of recipe `light` ({LightWidth} features) takes {cache:0.0} TB, and its index {index:0.0} GB of memory
                in whoever reads all of it. The retrain takes {fit:N0} core-hours and {held:N0} GB of memory at {width:0} features, and a table of
                {tableWide:0.0} TB on its local disk ({tableLight:0.0} TB at {LightWidth}). That one machine is the first bottleneck: its memory, which
                holds a name, a hash and a few numbers for each picture, and then the rate at which its disk gives the table, once the table is larger
                than the page cache. Not measured: more rows or pictures than the table above says, tables larger than the page cache, NFS and object
                stores, machines of different processors in one cache, and more than one machine.

                """
            )
            .ReplaceLineEndings("\n");
    }

    private static string Name(string part, string width) =>
        part switch
        {
            "list-csv" => "rows of CSVs, read one after another",
            "list-parquet" => "rows of Parquet files, read one after another",
            "extract" => $"photographs in tar archives to {width} features, one process",
            _ => $"retrain on cached rows of {width} features, list to package",
        };

    private static double[] Column(List<Dictionary<string, string>> rows, string column) => [.. rows.Select(row => Number(row[column]))];

    private static string Text(double count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
