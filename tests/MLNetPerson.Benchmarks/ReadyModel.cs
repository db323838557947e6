using MLNetPerson.Files;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks;

/// <summary>Makes <c>models/person</c>, the package that works from a clone without retraining.</summary>
internal static class ReadyModel
{
    public static void Run(string[] _)
    {
        var photos = BenchmarkData.Photos();
        var demo = DemoPhotos.BringAsync(CacheFolder.Sub("demo")).GetAwaiter().GetResult();

        // The demo judges its own package on its test photographs and compares it with this one, so this one must not know them.
        var training = new Dataset(
            "voc2007 (train split) and the demo's training photographs",
            [.. photos.Only("train").Samples, .. demo.Only("train").Samples]
        );
        var heldOut = new Dataset(
            "voc2007 (dev split) and the demo's test photographs",
            [.. photos.Only("dev").Samples, .. demo.Only("test").Samples]
        );
        var result = Retrainer
            .RetrainAsync(
                training,
                heldOut,
                new RetrainOptions
                {
                    Out = Path.Combine(BenchmarkData.Root, "models", "person"),
                    Name = "person",
                    Recipe = RecipeCatalog.Open(RecipeCatalog.DefaultName),
                    Encodings = new QuantizeOptions
                    {
                        Encodings = [PackageEncoding.Int8, PackageEncoding.Int8Portable, PackageEncoding.Fp16],
                    },
                }
            )
            .GetAwaiter()
            .GetResult();
        Console.WriteLine(result.Evaluation);
        Console.WriteLine(
            $"{new DirectoryInfo(result.Package).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) / 1e6:0.00} MB, "
                + $"refused: {string.Join(", ", result.Encodings!.Refused)}"
        );
    }
}
