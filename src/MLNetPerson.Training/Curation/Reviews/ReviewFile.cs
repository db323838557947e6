using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CsvHelper;
using MLNetPerson.Files;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Datasets.Import;

namespace MLNetPerson.Training.Curation.Reviews;

/// <summary>Findings as a CSV that a person goes through: <c>y</c> in the column <c>accept</c>, and <c>curate apply</c> does it.</summary>
public static class ReviewFile
{
    /// <summary>The columns, in order.</summary>
    public static ImmutableArray<string> Columns { get; } =
    ["accept", "finding", "action", "file", "from", "to", "score", "why", "related", "sha256"];

    private const char Separator = '|';

    /// <summary>Writes all findings.</summary>
    /// <param name="path">The review file.</param>
    /// <param name="findings">In the order of the lines.</param>
    /// <param name="accepted">Kinds that are accepted from the start.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Write(string path, IEnumerable<Finding> findings, IReadOnlyCollection<FindingKind> accepted)
    {
        var text = new StringBuilder(string.Join(',', Columns)).Append('\n');
        foreach (var finding in findings)
        {
            var isAccepted = accepted.Contains(finding.Kind) && finding.Action != CurationAction.Review;
            text.Append(isAccepted ? "y" : "").Append(',').AppendJoin(',', Cells(finding).Select(CsvCell.Quote)).Append('\n');
        }

        AtomicFile.WriteText(path, text.ToString());
    }

    /// <summary>A finding's cells behind <c>accept</c>.</summary>
    public static IReadOnlyList<string> Cells(Finding finding) =>
        [
            finding.Kind.ToString(),
            finding.Action.ToString(),
            finding.File,
            finding.From,
            finding.To,
            finding.Score.ToString("0.0000", CultureInfo.InvariantCulture),
            finding.Why,
            string.Join(Separator, finding.Related),
            finding.Sha256,
        ];

    /// <summary>Reads the findings that were accepted, with the lines they stand in.</summary>
    /// <exception cref="DatasetException">The file has faults; all of them are in the message.</exception>
    public static IReadOnlyList<(int Line, Finding Finding)> ReadAccepted(string path)
    {
        var faults = new ImportFaults(path);
        List<(int, Finding)> accepted = [];
        CsvRows.Read(
            path,
            Columns,
            _ =>
                (csv, line) =>
                {
                    switch (csv.GetField("accept")!.ToLowerInvariant())
                    {
                        case "y" or "yes" or "1" or "x" or "true":
                            if (Read(csv, line, faults) is { } finding)
                            {
                                accepted.Add((line, finding));
                            }

                            break;
                        case "" or "n" or "no" or "0" or "false":
                            break;
                        case var other:
                            faults.Add($"line {line}", $"'accept' is '{other}'; y accepts, n or nothing does not");
                            break;
                    }
                }
        );
        faults.Throw();
        return accepted;
    }

    private static Finding? Read(CsvReader csv, int line, ImportFaults faults)
    {
        string Cell(string column) => csv.GetField(column) ?? "";
        if (!Enum.TryParse<FindingKind>(Cell("finding"), out var kind) || !Enum.TryParse<CurationAction>(Cell("action"), out var action))
        {
            faults.Add($"line {line}", $"finding '{Cell("finding")}' with action '{Cell("action")}' is unknown");
            return null;
        }

        return new Finding
        {
            Kind = kind,
            Action = action,
            File = Cell("file"),
            From = Cell("from"),
            To = Cell("to"),
            Why = Cell("why"),
            Sha256 = Cell("sha256"),
            Score = double.TryParse(Cell("score"), NumberStyles.Float, CultureInfo.InvariantCulture, out var score) ? score : 0,
            Related = [.. Cell("related").Split(Separator, StringSplitOptions.RemoveEmptyEntries)],
        };
    }
}
