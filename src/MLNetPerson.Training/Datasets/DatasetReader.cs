using System.Collections.Immutable;

namespace MLNetPerson.Training.Datasets;

/// <summary>Reads a dataset from wherever a path points.</summary>
public static class DatasetReader
{
    /// <summary>Reads a CSV file, a folder with one sub-folder per class, or a dataset in several files: CSVs, Parquet files, or tar
    /// archives in WebDataset's layout.</summary>
    /// <param name="path">The CSV or the folder; a Parquet file or tar archive; a pattern such as <c>labels-*.csv</c> or
    /// <c>train-{000..127}.tar</c>; or a folder that holds nothing but such files.</param>
    /// <param name="options">Where a CSV's files may lie; null for below its own folder.</param>
    /// <exception cref="DatasetException">Neither, or it has faults; the message names them.</exception>
    public static Dataset Read(string path, DatasetOptions? options = null)
    {
        if (ShardedInput.Files(path) is { } files)
        {
            return Several(path, files, options ?? new DatasetOptions());
        }

        if (Directory.Exists(path))
        {
            return options is null or { Root: null, AnyPath: false }
                ? FolderDataset.Read(path)
                : throw new DatasetException($"'{path}' is a folder; --root and --any-path say where a CSV's files lie. Leave them out.");
        }

        if (!File.Exists(path))
        {
            throw new DatasetException(
                $"There is no file or folder '{path}'. A dataset is a CSV with the columns file and label, or a folder with one sub-folder "
                    + $"per class."
            );
        }

        if (Path.GetExtension(path).ToLowerInvariant() is ".zip" or ".gz" or ".tgz" or ".7z" or ".rar" or ".json" or ".xml")
        {
            throw new DatasetException(
                $"'{path}' is neither a CSV nor a folder. 'curate import {path} --out FOLDER' makes a dataset of archives and annotations."
            );
        }

        return CsvDataset.Read(path, options ?? new DatasetOptions());
    }

    private static Dataset Several(string path, ImmutableArray<string> files, DatasetOptions options)
    {
        var samples = ImmutableArray.CreateBuilder<Sample>();
        var seen = new Dictionary<string, string>(RealPaths.Comparer);
        List<string> faults = [];
        foreach (var file in files)
        {
            foreach (var sample in SampleStream.OfFile(file, path, options))
            {
                if (seen.TryAdd(sample.Path, file))
                {
                    samples.Add(sample);
                }
                else if (faults.Count < FaultList.MostShown)
                {
                    faults.Add($"'{file}': '{sample.File}' stands in '{seen[sample.Path]}' already");
                }
            }
        }

        if (faults.Count > 0)
        {
            throw new DatasetException(FaultList.Text($"'{path}' names files twice", faults));
        }

        return samples.Count > 0
            ? new Dataset(Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(files[0]))!), samples.DrainToImmutable())
            : throw new DatasetException($"'{path}' has no samples.");
    }
}
