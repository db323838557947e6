using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Detection;

namespace MLNetPerson.Benchmarks.Boxes;

/// <summary>Pictures with persons' boxes: voc2007 and pool. Three pictures of pool have boxes that stand over their edge by more than
/// rounding; those are cut off.</summary>
internal static class BoxData
{
    /// <summary>Of pictures without a person every so many-th is trained on: they are plenty, and few of them teach anything.</summary>
    private const int OthersStep = 3;

    public static BoxedDataset Voc(string split) => BoxedDataset.Of(BenchmarkData.Photos().Only(split), clip: true);

    public static BoxedDataset Pool(string split) => BoxedDataset.Of(BenchmarkData.Pool().Only(split), clip: true);

    /// <summary>Both, one after the other.</summary>
    public static BoxedDataset Both(string split) =>
        new(
            $"voc2007 ({split} split) and pool ({split} split)",
            [.. Voc(split).Pictures, .. Pool(split).Pictures],
            [.. Voc(split).LeftOut, .. Pool(split).LeftOut]
        );

    /// <summary>All pictures with a person, and some of the others.</summary>
    public static BoxedDataset Thinned(BoxedDataset dataset) =>
        dataset with
        {
            Name = $"{dataset.Name}; of the pictures without a person every third",
            Pictures =
            [
                .. dataset.Pictures.Where(picture => picture.Truth.Length > 0),
                .. dataset.Pictures.Where(picture => picture.Truth.Length == 0).Where((_, i) => i % OthersStep == 0),
            ],
        };

    /// <summary>The pictures as a dataset of labels.</summary>
    public static Dataset Samples(BoxedDataset dataset) =>
        new(dataset.Name, [.. dataset.Pictures.Select(picture => picture.Sample with { Group = null })]);

    /// <summary>So many pictures, evenly taken.</summary>
    public static BoxedDataset Some(BoxedDataset dataset, int count) =>
        dataset with
        {
            Pictures =
                dataset.Pictures.Length <= count
                    ? dataset.Pictures
                    : [.. Enumerable.Range(0, count).Select(i => dataset.Pictures[(int)((long)i * dataset.Pictures.Length / count)])],
        };

    /// <summary>The ready package, or another one while trying.</summary>
    public static string Package =>
        Environment.GetEnvironmentVariable("MLNETPERSON_BOXES_PACKAGE") ?? Path.Combine(BenchmarkData.Root, "models", "person-boxes");
}
