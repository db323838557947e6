using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace MLNetPerson.Files;

/// <summary>
/// Where native libraries lie that belong to an application: beside it or in its runtimes folder, and the same beside an assembly that a
/// notebook or another host has loaded from elsewhere.
/// </summary>
internal static class NativeFolders
{
    /// <summary>Full paths of the files that match, nearest folder first.</summary>
    /// <param name="assembly">Whose libraries they are.</param>
    /// <param name="pattern">For example <c>libvips*</c>.</param>
    public static IEnumerable<string> Files(Assembly assembly, string pattern) =>
        Folders(assembly)
            .SelectMany(folder => new[] { folder, Path.Combine(folder, "runtimes", Platform, "native") })
            .Distinct(StringComparer.Ordinal)
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal));

    /// <summary>As NuGet names it, e.g. linux-arm64.</summary>
    private static string Platform =>
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-"
        + $"{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    [UnconditionalSuppressMessage(
        "SingleFile",
        "IL3000",
        Justification = "In a single file there is no folder of the assembly's own, and the application's is enough."
    )]
    private static IEnumerable<string> Folders(Assembly assembly) =>
        new[] { AppContext.BaseDirectory, Path.GetDirectoryName(assembly.Location) }
            .Where(folder => !string.IsNullOrEmpty(folder))
            .Select(folder => folder!);
}
