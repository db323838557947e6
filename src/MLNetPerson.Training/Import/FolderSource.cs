using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>Class folders, as <see cref="FolderDataset"/> reads them; links are refused instead of passed over.</summary>
internal static class FolderSource
{
    public static List<AnnotatedPicture> Read(string folder, PictureRoot root, List<string> notes)
    {
        var faults = new ImportFaults(folder);
        foreach (var link in root.Links)
        {
            if (root.Resolve(Path.GetRelativePath(root.Folder, link.FullName), out _, out _) is { } fault)
            {
                faults.Add("", fault);
            }
        }

        faults.Throw();
        var dataset = FolderDataset.Read(folder);
        notes.AddRange(PassedOver.Summarize(dataset.PassedOver.Where(entry => entry.File != Archive.Stamp)));
        return
        [
            .. dataset.Samples.Select(sample => new AnnotatedPicture
            {
                File = sample.File,
                Path = sample.Path,
                Where = "",
                Label = sample.IsPerson,
                Split = sample.Split,
            }),
        ];
    }
}
