using MLNetPerson.Files;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Cli.Verbs.Curate;

/// <summary>What verbs that write a new CSV have in common.</summary>
internal static class CurateOutput
{
    /// <exception cref="DatasetException">The new CSV would take the old one's place.</exception>
    public static void CheckFree(string from, string to)
    {
        if (to.Length > 0 && Path.GetFullPath(from) == Path.GetFullPath(to))
        {
            throw new DatasetException(
                $"--out '{to}' is the dataset itself. Name another file: everything must be reproducible from the original."
            );
        }

        if (Directory.Exists(to))
        {
            throw new DatasetException($"--out '{to}' is a folder; name the new CSV file.");
        }

        if (PictureEndings.Is(to))
        {
            throw new DatasetException($"--out '{to}' has the ending of a picture; name the new CSV file.");
        }

        OutputPlace.CheckFile(to);
    }
}
