using MLNetPerson.Cli.Terminal;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Cli.Verbs;

/// <summary>From what was typed to picture files.</summary>
internal static class PictureFiles
{
    /// <summary>A file as it is, a folder as the pictures in and below it, sorted.</summary>
    /// <exception cref="DatasetException">The folder has none.</exception>
    public static IEnumerable<string> Expand(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        var folder = PictureFolder.Read(path);
        PassedOverOutput.Write(path, folder.PassedOver);
        var files = folder.Files.Select(file => Path.Combine(path, Path.GetRelativePath(path, file.FullName))).ToList();
        return files.Count > 0
            ? files
            : throw new DatasetException($"There is no picture in or below '{path}' (by the endings {PictureEndings.Text}).");
    }
}
