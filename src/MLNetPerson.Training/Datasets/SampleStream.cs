using System.Globalization;

namespace MLNetPerson.Training.Datasets;

/// <summary>
/// A dataset's samples one after another: memory does not grow with their number. <see cref="DatasetReader"/> holds them all, and finds
/// what
/// stands in a dataset twice; a stream does not.
/// </summary>
public static class SampleStream
{
    /// <summary>Reads a CSV, Parquet files, tar archives or a folder with one sub-folder per class.</summary>
    /// <param name="path">As for <see cref="DatasetReader.Read"/>.</param>
    /// <param name="options">Where the files of lists may lie; null for below the list's own folder.</param>
    /// <exception cref="DatasetException">While reading: the first fault, with its file and line.</exception>
    public static IEnumerable<Sample> Read(string path, DatasetOptions? options = null) => Read(path, options, 0, 1);

    /// <summary>The same, beginning at another file: readers of one dataset that begin at different places do not wait for the same
    /// disk.</summary>
    /// <param name="path">As for <see cref="DatasetReader.Read"/>.</param>
    /// <param name="options">Where the files of lists may lie.</param>
    /// <param name="index">Which reader this is, from 0.</param>
    /// <param name="readers">How many there are.</param>
    internal static IEnumerable<Sample> Read(string path, DatasetOptions? options, int index, int readers)
    {
        if (ShardedInput.Files(path) is { } files)
        {
            var first = (int)((long)files.Length * index / readers);
            return Enumerable.Range(0, files.Length).SelectMany(i => OfFile(files[(first + i) % files.Length], path, options ?? new()));
        }

        return File.Exists(path) && Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase)
            ? Csv(path, options ?? new())
            : DatasetReader.Read(path, options).Samples;
    }

    /// <summary>The samples of one file of a dataset.</summary>
    internal static IEnumerable<Sample> OfFile(string file, string path, DatasetOptions options)
    {
        var kind = Path.GetExtension(file).ToLowerInvariant();
        if (kind == ".tar" && options is not { Root: null, AnyPath: false })
        {
            throw new DatasetException(
                $"'{path}' holds its pictures itself; --root and --any-path say where a list's files lie. Leave them out."
            );
        }

        return kind switch
        {
            ".tar" => TarShard.Read(file),
            ".parquet" => ParquetRows.Read(file, options),
            _ => Csv(file, options),
        };
    }

    private static IEnumerable<Sample> Csv(string path, DatasetOptions options)
    {
        var root = CsvDataset.Root(path, options);
        using var text = CsvRows.Open(path);
        using var csv = CsvRows.Reader(text, path);
        var columns = CsvRows.Columns(csv, path, ["file", "label"]);
        var row = new ListedRow(root, options, columns);
        while (CsvRows.Next(csv, path))
        {
            var line = csv.Context.Parser!.RawRow;
            yield return row.Sample(
                column => csv.GetField(column),
                fault => new DatasetException($"'{path}', line {line.ToString(CultureInfo.InvariantCulture)}: {fault}.")
            );
        }
    }
}
