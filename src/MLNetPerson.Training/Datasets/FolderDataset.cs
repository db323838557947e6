using System.Collections.Immutable;

namespace MLNetPerson.Training.Datasets;

/// <summary>
/// A folder whose sub-folders are classes (<c>person/</c> against <c>none/</c>), or whose sub-folders are splits that
/// hold such folders (<c>train/person/</c>). Files that do not end like pictures are passed over; hidden ones too.
/// </summary>
internal static class FolderDataset
{
    public static Dataset Read(string folder)
    {
        var root = new DirectoryInfo(folder);
        var children = root.GetDirectories()
            .Where(child => !child.Name.StartsWith('.'))
            .OrderBy(child => child.Name, StringComparer.Ordinal)
            .ToList();
        var samples = ImmutableArray.CreateBuilder<Sample>();
        if (children.Any(child => LabelWords.Parse(child.Name) is not null))
        {
            AddClasses(root, children, split: null, samples);
        }
        else
        {
            foreach (var split in children)
            {
                var classes = split.GetDirectories().OrderBy(child => child.Name, StringComparer.Ordinal).ToList();
                if (classes.Any(child => LabelWords.Parse(child.Name) is not null))
                {
                    AddClasses(root, classes, split.Name, samples);
                }
            }
        }

        return samples.Count > 0
            ? new Dataset(root.Name, samples.ToImmutable())
            : throw new DatasetException(
                $"'{folder}' has no pictures in class folders (its folders: "
                    + $"{(children.Count == 0 ? "none" : string.Join(", ", children.Select(child => child.Name)))}). "
                    + $"Put them into folders named {LabelWords.Expected}, or write a CSV with the columns file and label."
            );
    }

    private static void AddClasses(DirectoryInfo root, List<DirectoryInfo> folders, string? split, ImmutableArray<Sample>.Builder samples)
    {
        if (folders.FirstOrDefault(folder => LabelWords.Parse(folder.Name) is null) is { } unknown)
        {
            throw new DatasetException(
                $"'{unknown.FullName}' stands beside class folders but names no class. Rename or move it; classes are "
                    + $"{LabelWords.Expected}."
            );
        }

        foreach (var folder in folders)
        {
            var isPerson = LabelWords.Parse(folder.Name)!.Value;
            foreach (var file in PictureEndings.Files(folder))
            {
                samples.Add(
                    new Sample
                    {
                        File = Path.GetRelativePath(root.FullName, file.FullName).Replace('\\', '/'),
                        Path = file.FullName,
                        IsPerson = isPerson,
                        Split = split,
                    }
                );
            }
        }
    }
}
