namespace MLNetPerson.Files;

/// <summary>Where downloads and computed features are kept between runs. Everything in it can be deleted; it is made again.</summary>
public static class CacheFolder
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "MLNETPERSON_HOME";

    /// <summary>
    /// The folder: <c>MLNETPERSON_HOME</c> where set, else the platform's cache directory
    /// (<c>XDG_CACHE_HOME</c> or <c>~/.cache</c>; <c>~/Library/Caches</c>; <c>%LOCALAPPDATA%</c>) with <c>mlnetperson</c> below it.
    /// </summary>
    /// <exception cref="IOException">Neither the variable nor a home directory is set.</exception>
    public static string Root =>
        NonEmpty(Environment.GetEnvironmentVariable(Variable)) is { } chosen
            ? Path.GetFullPath(chosen)
            : Path.Combine(PlatformCache(), "mlnetperson");

    /// <summary>A folder below <see cref="Root"/>, created where missing.</summary>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    public static string Sub(params ReadOnlySpan<string> names)
    {
        var path = Path.Combine([Root, .. names]);
        try
        {
            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new IOException(
                $"The cache folder '{path}' cannot be created: {exception.Message} Set {Variable} to a folder that can be written.",
                exception
            );
        }
    }

    private static string PlatformCache()
    {
        if (OperatingSystem.IsWindows())
        {
            return NonEmpty(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)) ?? throw NoHome();
        }

        if (!OperatingSystem.IsMacOS() && NonEmpty(Environment.GetEnvironmentVariable("XDG_CACHE_HOME")) is { } cache)
        {
            return cache;
        }

        var home = NonEmpty(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)) ?? throw NoHome();
        return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches") : Path.Combine(home, ".cache");
    }

    private static IOException NoHome() =>
        new($"There is no home directory to keep a cache in. Set {Variable} to a folder that can be written.");

    private static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
