namespace MLNetPerson.Training.Datasets;

/// <summary>Why readers of folders pass something over. The texts are complete phrases, as they stand in reports.</summary>
public static class PassedOverReasons
{
    /// <summary>The name begins with a dot, or the file system marks it as hidden.</summary>
    public const string Hidden = "hidden";

    /// <summary>Written by an operating system or a storage device, not by the user.</summary>
    public const string SystemEntry = "written by the system, not by you";

    /// <summary>The ending is none of a picture.</summary>
    public const string NoPicture = "no picture by its ending";

    /// <summary>The ending is that of a picture format that is not read.</summary>
    public const string UnreadFormat = "a picture format that is not read (convert it to JPEG or PNG)";

    /// <summary>The link's target does not exist.</summary>
    public const string BrokenLink = "a link to nothing";

    /// <summary>The link leads to a folder that contains it.</summary>
    public const string CircularLink = "a link to a folder that contains it";

    /// <summary>The same file was taken under another name.</summary>
    public const string SameFile = "the same file under another name";

    /// <summary>The picture lies in no class folder.</summary>
    public const string NoClass = "in no class folder";
}
