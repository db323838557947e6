using System.Reflection;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Benchmarks;

/// <summary>Where the pictures are, and where results go.</summary>
internal static class BenchmarkData
{
    public static string Root { get; } =
        typeof(BenchmarkData)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(entry => entry.Key == "RepositoryRoot")
            .Value!;

    public static string Voc2007 =>
        Path.Combine(
            Environment.GetEnvironmentVariable("MLNETPERSON_DATA")
                ?? throw new InvalidOperationException("Set MLNETPERSON_DATA to the folder with voc2007/."),
            "voc2007",
            "labels.csv"
        );

    public static Dataset Photos() => DatasetReader.Read(Voc2007);

    /// <summary>Photographs of other sources than VOC2007.</summary>
    public static Dataset Pool() =>
        DatasetReader.Read(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Voc2007))!, "pool", "labels.csv"));

    public static string Results(string file) => Path.Combine(Root, "models", "results", file);
}
