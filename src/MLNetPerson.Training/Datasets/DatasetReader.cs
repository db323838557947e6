namespace MLNetPerson.Training.Datasets;

/// <summary>Reads a dataset from wherever a path points.</summary>
public static class DatasetReader
{
    /// <summary>Reads a CSV file, or a folder with one sub-folder per class.</summary>
    /// <param name="path">The CSV or the folder.</param>
    /// <param name="options">Where a CSV's files may lie; null for below its own folder.</param>
    /// <exception cref="DatasetException">Neither, or it has faults; the message names them.</exception>
    public static Dataset Read(string path, DatasetOptions? options = null)
    {
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

        if (
            Path.GetExtension(path).ToLowerInvariant()
            is ".zip"
                or ".tar"
                or ".gz"
                or ".tgz"
                or ".7z"
                or ".rar"
                or ".parquet"
                or ".json"
                or ".xml"
        )
        {
            throw new DatasetException(
                $"'{path}' is neither a CSV nor a folder. 'curate import {path} --out FOLDER' makes a dataset of archives and annotations."
            );
        }

        return CsvDataset.Read(path, options ?? new DatasetOptions());
    }
}
