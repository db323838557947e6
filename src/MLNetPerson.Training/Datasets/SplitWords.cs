namespace MLNetPerson.Training.Datasets;

/// <summary>What folders of splits are called. A single folder of another name around everything is a wrapping, no split.</summary>
internal static class SplitWords
{
    private static readonly string[] Words =
    [
        "train",
        "training",
        "trainval",
        "val",
        "valid",
        "validation",
        "dev",
        "test",
        "testing",
        "eval",
        "evaluation",
        "holdout",
        "hold-out",
    ];

    public static bool Is(string name) => Words.Contains(name, StringComparer.OrdinalIgnoreCase);
}
