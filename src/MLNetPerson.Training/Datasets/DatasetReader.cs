namespace MLNetPerson.Training.Datasets;

/// <summary>Reads a dataset from wherever a path points.</summary>
public static class DatasetReader
{
    /// <summary>Reads a CSV file, or a folder with one sub-folder per class.</summary>
    /// <exception cref="DatasetException">Neither, or it has faults; the message names them.</exception>
    public static Dataset Read(string path)
    {
        if (Directory.Exists(path))
        {
            return FolderDataset.Read(path);
        }

        if (!File.Exists(path))
        {
            throw new DatasetException(
                $"There is no file or folder '{path}'. A dataset is a CSV with the columns file and label, or a folder with one sub-folder "
                    + $"per class."
            );
        }

        return CsvDataset.Read(path);
    }
}
