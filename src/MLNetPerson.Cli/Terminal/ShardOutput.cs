using System.Globalization;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Cli.Terminal;

/// <summary>What one process did of work that many share.</summary>
internal static class ShardOutput
{
    /// <param name="report">What it did.</param>
    /// <param name="folder">Where the parts meet.</param>
    /// <param name="done">What was done with a picture, such as "extracted".</param>
    /// <param name="json">Whether as JSON.</param>
    public static void Write(ShardReport report, string folder, string done, bool json)
    {
        if (report.ClockDifference is { } difference)
        {
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The clock of this machine is {Math.Abs(difference.TotalSeconds):0} s "
                        + $"{(difference > TimeSpan.Zero ? "ahead of" : "behind")} "
                ) + $"that of '{folder}'. Nothing here goes by clocks; logs of several machines will not line up."
            );
        }

        EvaluationOutput.WriteSkipped(report.Examples);
        if (json)
        {
            JsonOutput.Write(
                new
                {
                    Shard = report.Shard.ToString(),
                    Cache = folder,
                    report.Seen,
                    report.Own,
                    report.FromCache,
                    report.Damaged,
                    report.Skipped,
                }
            );
            return;
        }

        ResultLines.Line(
            $"Shard {report.Shard}: {report.Own} of {report.Seen} pictures are its own; {report.FromCache} were there, ",
            $"{report.Own - report.FromCache} {done}",
            $"{(report.Damaged > 0 ? $" ({report.Damaged} records were damaged and are made again)" : "")}, {report.Skipped} skipped."
        );
    }
}
