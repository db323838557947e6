using MLNetPerson.Images;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>
/// Hands a picture that has no file to a chain whose first column is a path. A prediction engine works a row off on the thread
/// that asks, so the picture waits on that thread while the row is under way.
/// </summary>
internal static class PictureInMemory
{
    /// <summary>No file system allows such a path.</summary>
    public const string Path = "\0picture in memory";

    [ThreadStatic]
    private static PictureItem? waiting;

    public static void Set(PictureItem item) => waiting = item;

    public static void Clear() => waiting = null;

    public static PictureItem Get() =>
        waiting
        ?? throw new ImageException(
            ImageFault.Unreadable,
            "picture",
            "no picture is waiting on this thread. Give a path, or ask through PersonPredictionEngine."
        );
}
