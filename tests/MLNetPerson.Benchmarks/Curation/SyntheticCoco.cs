using System.Globalization;
using System.Text;
using MLNetPerson.Training.Datasets.Import;

namespace MLNetPerson.Benchmarks.Curation;

/// <summary>A COCO file of many annotations, with outlines as long as the real one's, and a small file for each picture.</summary>
internal static class SyntheticCoco
{
    private const int PerPicture = 7;
    private const int OutlineNumbers = 60;

    public static string Write(string folder, int annotations, int seed)
    {
        var random = new Random(seed);
        var pictures = annotations / PerPicture;
        Directory.CreateDirectory(Path.Combine(folder, "pictures"));
        var path = Path.Combine(folder, "instances.json");
        using var text = new StreamWriter(path, append: false, Encoding.UTF8);
        text.Write("{\"info\":{},\"images\":[");
        for (var i = 0; i < pictures; i++)
        {
            File.WriteAllText(Path.Combine(folder, "pictures", $"{i:000000}.jpg"), "x");
            text.Write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(i > 0 ? "," : "")}{{\"license\":1,\"file_name\":\"{i:000000}"
                        + $".jpg\",\"coco_url\":\"elsewhere\",\"height\":480,\"width\":640,\"id\":{i + 1}}}"
                )
            );
        }

        text.Write("],\"annotations\":[");
        for (var i = 0; i < annotations; i++)
        {
            var (width, height) = (1 + random.Next(300), 1 + random.Next(300));
            var outline = string.Join(
                ',',
                Enumerable
                    .Range(0, OutlineNumbers)
                    .Select(_ => string.Create(CultureInfo.InvariantCulture, $"{random.NextDouble() * 480:0.00}"))
            );
            text.Write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(i > 0 ? "," : "")}{{\"segmentation\":[[{outline}]],\"area\":{width * height},\"iscrowd\":0,\"image_id\":"
                        + $"{random.Next(pictures) + 1},\"bbox\":[{random.Next(640 - width)},{random.Next(480 - height)},{width},{height}"
                        + $"],\"category_id\":{(random.Next(3) == 0 ? 1 : 18)},\"id\":{i + 1}}}"
                )
            );
        }

        text.Write(
            "],\"categories\":[{\"id\":1,\"name\":\"person\"},{\"id\":18,\"name\":\"dog\"}],\"licenses\":[{\"id\":1,\"name\":\"Attribution "
                + "License\"}]}"
        );
        return path;
    }

    public static ImportReport Import(string folder) =>
        Importer.Import(
            new ImportOptions
            {
                Out = folder,
                Replace = true,
                Sources = [ImportSource.Parse($"synthetic={Path.Combine(folder, "instances.json")}@{Path.Combine(folder, "pictures")}")],
            }
        );
}
