namespace MLNetPerson.Training.Display;

/// <summary>A table as HTML.</summary>
public static class HtmlTable
{
    /// <summary>Makes a table. Numbers are written with at most four decimals and a point, in any culture.</summary>
    /// <param name="header">One title per column.</param>
    /// <param name="rows">Cells in the header's order.</param>
    /// <exception cref="ArgumentException">A row has another number of cells than the header.</exception>
    public static string Of(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<object?>> rows) =>
        $"<table><thead><tr>{string.Concat(header.Select(title => $"<th style=\"text-align:left\">{HtmlText.Of(title)}</th>"))}"
        + $"</tr></thead><tbody>\n"
        + $"{string.Concat(rows.Select(row => Row(header, row)))}</tbody></table>";

    private static string Row(IReadOnlyList<string> header, IReadOnlyList<object?> row) =>
        row.Count == header.Count
            ? $"<tr>{string.Concat(row.Select(cell => $"<td style=\"text-align:left\">{HtmlText.Of(cell)}</td>"))}</tr>\n"
            : throw new ArgumentException($"A row has {row.Count} cells, the table {header.Count} columns.", nameof(row));
}
