using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Cli.Tests;

/// <summary>
/// The folder that examples speak of: pictures/ with person/, none/ and labels.csv; street.jpg, holiday/, inbox/ and annotations in COCO's
/// form. All is drawn. The program in it has the machine's own cache, since examples name no other backbone than the shipped one.
/// </summary>
public sealed class ExampleWorld : IDisposable
{
    private const int Pictures = 36;

    private readonly TempFolder _folder = new();

    public ExampleWorld()
    {
        for (var i = 0; i < Pictures; i++)
        {
            _folder.Write($"pictures/{Label(i)}/{i:00}.png", Png(i, figures: i % 2 == 0 ? 1 + (i % 3) : 0));
        }

        _folder.Write(
            "pictures/labels.csv",
            "file,label,split,weather\n"
                + string.Concat(
                    Enumerable
                        .Range(0, Pictures)
                        .Select(i =>
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{Label(i)}/{i:00}.png,{(i % 2 == 0 ? 1 : 0)},{(i % 5 == 4 ? "test" : "train")},"
                                    + $"{(i % 3 == 0 ? "rain" : "sun")}\n"
                            )
                        )
                )
        );
        _folder.Write("street.jpg", ImageWriter.EncodeJpeg(DrawnPicture.Scene(320, 240)));
        foreach (var (folder, first) in new[] { ("holiday", 200), ("inbox", 300), ("train2017", 400) })
        {
            for (var i = 0; i < 4; i++)
            {
                _folder.Write($"{folder}/{i}.png", Png(first + i, figures: i % 2));
            }
        }

        _folder.Write(
            "instances_train2017.json",
            """
            {
              "images": [ { "id": 1, "file_name": "0.png", "width": 96, "height": 80 }, { "id": 2, "file_name": "1.png", "width": 96, "height": 80 } ],
              "categories": [ { "id": 1, "name": "person" }, { "id": 2, "name": "dog" } ],
              "annotations": [ { "id": 7, "image_id": 2, "category_id": 1, "bbox": [ 10, 10, 40, 60 ], "area": 2400, "iscrowd": 0 } ]
            }
            """
        );
    }

    /// <summary>The folder pictures/, with its list.</summary>
    public string PicturesFolder => _folder["pictures"];

    /// <summary>Runs a line as a shell does.</summary>
    public ProcessRunner.Outcome Run(string line) =>
        ProcessRunner.Run(
            "bash",
            ["-c", $"mlnetperson() {{ dotnet '{Path.Combine(AppContext.BaseDirectory, "MLNetPerson.Cli.dll")}' \"$@\"; }}\n{line}"],
            folder: _folder.Path,
            environment: new Dictionary<string, string?> { ["NO_COLOR"] = "1" }
        );

    public void Dispose() => _folder.Dispose();

    private static string Label(int index) => index % 2 == 0 ? "person" : "none";

    private static byte[] Png(int seed, int figures) =>
        ImageWriter.EncodePng(GoldenPictures.Draw(new ImageSpec(96, 80), 500 + seed, figures));
}
