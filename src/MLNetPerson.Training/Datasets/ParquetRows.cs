using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace MLNetPerson.Training.Datasets;

/// <summary>
/// A Parquet file with the columns <c>file</c> and <c>label</c>, and whatever a CSV may have besides. One row group is in memory at a time.
/// </summary>
internal static class ParquetRows
{
    public static IEnumerable<Sample> Read(string path, DatasetOptions options)
    {
        var root = CsvDataset.Root(path, options);
        var reader = Guarded(path, () => ParquetReader.CreateAsync(path).GetAwaiter().GetResult());
        try
        {
            var fields = reader.Schema.Fields.OfType<DataField>().Where(field => !field.IsArray).ToList();
            string[] columns = [.. fields.Select(field => field.Name.Trim().ToLowerInvariant())];
            string[] missing = [.. new[] { "file", "label" }.Where(column => !columns.Contains(column))];
            if (missing.Length > 0)
            {
                throw new DatasetException(
                    $"'{path}' has no column {string.Join(" and no column ", missing)}. Its columns: "
                        + $"{string.Join(", ", reader.Schema.Fields.Select(field => field.Name))}. 'curate import {path} --out FOLDER' "
                        + "makes a dataset of a Parquet file that holds pictures."
                );
            }

            var row = new ListedRow(root, options, columns);
            var number = 0L;
            for (var group = 0; group < reader.RowGroupCount; group++)
            {
                var values = Guarded(path, () => Group(reader, group, fields, columns));
                for (var i = 0; i < values["file"].Length; i++)
                {
                    number++;
                    yield return row.Sample(
                        column => values[column][i],
                        fault => new DatasetException($"'{path}', row {number.ToString(CultureInfo.InvariantCulture)}: {fault}.")
                    );
                }
            }
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static Dictionary<string, string?[]> Group(ParquetReader reader, int group, List<DataField> fields, string[] columns)
    {
        using var rows = reader.OpenRowGroupReader(group);
        var values = new Dictionary<string, string?[]>(StringComparer.Ordinal);
        for (var i = 0; i < fields.Count; i++)
        {
            values[columns[i]] = Text(rows, fields[i], (int)rows.RowCount);
        }

        return values;
    }

    private static string?[] Text(ParquetRowGroupReader rows, DataField field, int count)
    {
        if (field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>))
        {
            var text = new string?[count];
            rows.ReadAsync(field, text.AsMemory()!).AsTask().GetAwaiter().GetResult();
            return text;
        }

        return field.ClrType == typeof(bool) ? Numbers<bool>()
            : field.ClrType == typeof(int) ? Numbers<int>()
            : field.ClrType == typeof(long) ? Numbers<long>()
            : field.ClrType == typeof(short) ? Numbers<short>()
            : field.ClrType == typeof(byte) ? Numbers<byte>()
            : field.ClrType == typeof(sbyte) ? Numbers<sbyte>()
            : field.ClrType == typeof(float) ? Numbers<float>()
            : field.ClrType == typeof(double) ? Numbers<double>()
            : new string?[count]; // bytes, dates and the like are no attribute to judge by

        string?[] Numbers<T>()
            where T : struct
        {
            if (field.IsNullable)
            {
                var values = new T?[count];
                rows.ReadAsync<T>(field, values.AsMemory()).AsTask().GetAwaiter().GetResult();
                return [.. values.Select(value => value is { } one ? Convert.ToString(one, CultureInfo.InvariantCulture) : null)];
            }

            var plain = new T[count];
            rows.ReadAsync<T>(field, plain.AsMemory()).AsTask().GetAwaiter().GetResult();
            return [.. plain.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))];
        }
    }

    /// <summary>The library has no common type of error: a damaged file may raise anything.</summary>
    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is not (DatasetException or OutOfMemoryException))
        {
            throw new DatasetException($"'{path}' cannot be read as Parquet: {exception.Message} Fetch it again.", exception);
        }
    }
}
