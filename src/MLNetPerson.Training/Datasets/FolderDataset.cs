using System.Collections.Immutable;

namespace MLNetPerson.Training.Datasets;

/// <summary>
/// A folder whose sub-folders are classes (<c>person/</c> against <c>none/</c>), or whose sub-folders are splits that
/// hold such folders (<c>train/person/</c>). What is passed over is listed in <see cref="Dataset.PassedOver"/>.
/// </summary>
internal static class FolderDataset
{
    public static Dataset Read(string folder)
    {
        var root = new DirectoryInfo(folder);
        var reading = new Reading(root.FullName);
        var children = PictureFolder.Folders(root, root.FullName, reading.PassedOver);
        reading.AddStray(root);
        if (children.Any(child => LabelWords.Parse(child.Name) is not null))
        {
            reading.AddClasses(children, split: null);
        }
        else
        {
            AddSplits(reading, children);
        }

        reading.CheckOneLabelPerFile();
        return reading.Samples.Count > 0
            ? new Dataset(root.Name, reading.Samples.ToImmutable()) { PassedOver = [.. reading.PassedOver] }
            : throw new DatasetException(
                $"'{folder}' has no pictures in class folders (its folders: "
                    + $"{(children.Count == 0 ? "none" : string.Join(", ", children.Select(child => child.Name)))}). "
                    + $"Put them into folders named {LabelWords.Expected}, or write a CSV with the columns file and label."
                    + string.Concat(PassedOver.Summarize(reading.PassedOver).Select(line => $"\n{line}"))
            );
    }

    private static void AddSplits(Reading reading, List<DirectoryInfo> children)
    {
        var splits = children
            .Select(child => (Folder: child, Classes: PictureFolder.Folders(child, reading.Root, reading.PassedOver)))
            .ToList();
        var withClasses = splits.Where(split => split.Classes.Any(child => LabelWords.Parse(child.Name) is not null)).ToList();
        foreach (var (split, classes) in splits)
        {
            if (classes.Any(child => LabelWords.Parse(child.Name) is not null))
            {
                reading.AddStray(split);
                var wrapping = withClasses.Count == 1 && !SplitWords.Is(split.Name);
                reading.AddClasses(classes, wrapping ? null : split.Name);
            }
            else
            {
                reading.AddClassless(split);
            }
        }
    }

    private sealed class Reading(string root)
    {
        private readonly RealPaths _real = new();

        public string Root => root;

        public ImmutableArray<Sample>.Builder Samples { get; private set; } = ImmutableArray.CreateBuilder<Sample>();

        public List<PassedOver> PassedOver { get; } = [];

        /// <summary>Files beside class or split folders belong to no class.</summary>
        public void AddStray(DirectoryInfo folder)
        {
            foreach (var file in folder.EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                PassedOver.Add(
                    new PassedOver(
                        PictureFolder.Name(root, file.FullName),
                        PictureFolder.Reason(file) ?? PictureFolder.EndingReason(file.Name) ?? PassedOverReasons.NoClass
                    )
                );
            }
        }

        /// <summary>Every picture of a folder without class folders.</summary>
        public void AddClassless(DirectoryInfo folder)
        {
            var pictures = PictureFolder.Read(folder.FullName);
            PassedOver.AddRange(
                pictures.Files.Select(file => new PassedOver(PictureFolder.Name(root, file.FullName), PassedOverReasons.NoClass))
            );
            AddPassedOver(folder, pictures);
        }

        public void AddClasses(List<DirectoryInfo> folders, string? split)
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
                var pictures = PictureFolder.Read(folder.FullName);
                AddPassedOver(folder, pictures);
                foreach (var file in pictures.Files)
                {
                    Samples.Add(
                        new Sample
                        {
                            File = PictureFolder.Name(root, file.FullName),
                            Path = file.FullName,
                            IsPerson = isPerson,
                            Split = split,
                        }
                    );
                }
            }
        }

        /// <summary>Links can lead from one class folder into another.</summary>
        public void CheckOneLabelPerFile()
        {
            Dictionary<string, Sample> taken = new(RealPaths.Comparer);
            List<string> faults = [];
            var once = ImmutableArray.CreateBuilder<Sample>();
            foreach (var sample in Samples)
            {
                if (taken.TryAdd(_real.Of(sample.Path), sample))
                {
                    once.Add(sample);
                    continue;
                }

                var first = taken[_real.Of(sample.Path)];
                if (first.IsPerson != sample.IsPerson || first.Split != sample.Split)
                {
                    faults.Add($"'{first.File}' and '{sample.File}'");
                }
                else
                {
                    PassedOver.Add(new PassedOver(sample.File, PassedOverReasons.SameFile));
                }
            }

            if (faults.Count > 0)
            {
                throw new DatasetException(
                    FaultList.Text(
                        $"'{root}' has the same file in two classes or two splits",
                        faults,
                        "Keep one of each; a link is its target."
                    )
                );
            }

            Samples = once;
        }

        private void AddPassedOver(DirectoryInfo folder, PictureFolder pictures) =>
            PassedOver.AddRange(
                pictures.PassedOver.Select(entry => entry with { File = $"{PictureFolder.Name(root, folder.FullName)}/{entry.File}" })
            );
    }
}
