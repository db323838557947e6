namespace MLNetPerson.Training.Datasets.Import;

/// <summary>Class folders, as <see cref="FolderDataset"/> reads them; links are refused instead of passed over.</summary>
internal static class FolderSource
{
    public static List<AnnotatedPicture> Read(string folder, PictureRoot root)
    {
        var faults = new ImportFaults(folder);
        foreach (var file in PictureEndings.FilesAndLinks(new DirectoryInfo(folder)))
        {
            if (root.Resolve(Path.GetRelativePath(root.Folder, file.FullName), out _, out _) is { } fault)
            {
                faults.Add("", fault);
            }
        }

        faults.Throw();
        return
        [
            .. FolderDataset
                .Read(folder)
                .Samples.Select(sample => new AnnotatedPicture
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
