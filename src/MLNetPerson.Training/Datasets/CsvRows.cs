using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace MLNetPerson.Training.Datasets;

/// <summary>Goes through a CSV line by line; columns by lower-case name.</summary>
internal static class CsvRows
{
    /// <param name="path">The file.</param>
    /// <param name="required">Columns without which the file is refused, in lower case.</param>
    /// <param name="start">Receives the columns, in lower case, and returns what is to be done with each line and its number.</param>
    /// <exception cref="DatasetException">The file cannot be read, has no such columns, or its quotes do not match.</exception>
    public static void Read(string path, IReadOnlyCollection<string> required, Func<string[], Action<CsvReader, int>> start)
    {
        try
        {
            if (IsBinary(path))
            {
                throw new DatasetException(
                    $"'{path}' is not text, so it is no CSV. Name a CSV with the columns {string.Join(" and ", required)}, or a folder of "
                        + $"pictures."
                );
            }

            using var text = new StreamReader(path);
            using var csv = Reader(text, path);
            var columns = Columns(csv, path, required);
            var handle = start(columns);
            while (csv.Read())
            {
                handle(csv, csv.Context.Parser!.RawRow);
            }
        }
        catch (Exception exception) when (exception is CsvHelperException or IOException or UnauthorizedAccessException)
        {
            throw Error(path, exception);
        }
    }

    /// <summary>Text of one byte a letter, or of two with a mark at its start, has no zero bytes elsewhere.</summary>
    private static bool IsBinary(string path)
    {
        Span<byte> start = stackalloc byte[512];
        using var file = File.OpenRead(path);
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        return !start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])
            && !start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])
            && start.Contains((byte)0);
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="DatasetException">It cannot be read.</exception>
    public static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Error(path, exception);
        }
    }

    /// <summary>The next line; false at the end.</summary>
    /// <exception cref="DatasetException">The line cannot be read.</exception>
    public static bool Next(CsvReader csv, string path)
    {
        try
        {
            return csv.Read();
        }
        catch (Exception exception) when (exception is CsvHelperException or IOException)
        {
            throw Error(path, exception);
        }
    }

    public static CsvReader Reader(TextReader text, string path) =>
        new(
            text,
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                PrepareHeaderForMatch = header => header.Header.Trim().ToLowerInvariant(),
                TrimOptions = TrimOptions.Trim,
                BadDataFound = bad =>
                    throw new DatasetException(
                        $"'{path}', up to line {bad.Context.Parser!.RawRow}: quotes do not match in '{Short(bad.RawRecord)}'. Fix the "
                            + $"line."
                    ),
                MissingFieldFound = null,
            }
        );

    /// <summary>Reads the header: the columns, in lower case.</summary>
    /// <exception cref="DatasetException">There is none, a column is missing, or one is there twice.</exception>
    public static string[] Columns(CsvReader csv, string path, IReadOnlyCollection<string> required)
    {
        if (!Next(csv, path) || !csv.ReadHeader())
        {
            throw new DatasetException(
                $"'{path}' is empty. Its first line must name the columns, at least {string.Join(" and ", required)}."
            );
        }

        var columns = csv.HeaderRecord!.Select(header => header.Trim().ToLowerInvariant()).ToArray();
        string[] missing = [.. required.Where(column => !columns.Contains(column))];
        if (missing.Length > 0)
        {
            throw new DatasetException(
                $"'{path}' has no column {string.Join(" and no column ", missing)}. Its columns: {string.Join(", ", columns)}."
            );
        }

        if (columns.GroupBy(column => column).FirstOrDefault(same => same.Key.Length > 0 && same.Count() > 1) is { } twice)
        {
            var places = string.Join(
                " and ",
                columns.Select((column, i) => (column, i)).Where(pair => pair.column == twice.Key).Select(pair => pair.i + 1)
            );
            throw new DatasetException(
                $"'{path}' has {twice.Count()} columns named '{twice.Key}' (columns {places}; case and spaces do not count). Rename or "
                    + $"remove all but one."
            );
        }

        return columns;
    }

    private static DatasetException Error(string path, Exception exception) =>
        exception as DatasetException
        ?? exception.InnerException as DatasetException
        ?? new DatasetException($"'{path}' cannot be read as CSV: {exception.Message}", exception);

    private static string Short(string record) => record.Trim() is { Length: > 60 } text ? text[..60] + "…" : record.Trim();
}
