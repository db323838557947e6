using System.Globalization;
using MLNetPerson.Files;
using MLNetPerson.Training.Downloads;

namespace MLNetPerson.Tuning.Natives;

/// <summary>How far the libraries are.</summary>
/// <param name="Bytes">On disk already.</param>
/// <param name="Total">Expected in the end; an estimate.</param>
public readonly record struct NativeProgress(long Bytes, long Total);

/// <summary>
/// Brings libtorch through the NuGet client: a project of two references is restored into a temporary folder, its libraries are
/// compared with the hashes that this project was tested with, and the folder then gets its name. Packages that the machine has
/// already are taken from there. An interrupted run leaves nothing but temporary files.
/// </summary>
internal static class TorchPackages
{
    /// <summary>A download and what is unpacked from it, against the download alone: 128 MB become 128 + 128 + 500 MB.</summary>
    private const int DiskPerDownload = 5;

    private const int PollMilliseconds = 500;

    private const string Workshop = "restore-";

    /// <summary>A download that nothing was written to for so long belongs to a process that was killed.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(6);

    /// <summary>Sees to it that the folder is there.</summary>
    /// <returns>True where it had to be brought.</returns>
    /// <exception cref="TuningException">The client is missing or fails, or serves another file. Nothing was kept.</exception>
    public static async Task<bool> BringAsync(
        TorchFolder folder,
        IProgress<NativeProgress>? progress,
        CancellationToken cancellation,
        string dotnet = "dotnet"
    )
    {
        if (folder.IsThere)
        {
            return false;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.Path)!);
            if (GlobalPackages() is { } global && Has(global, folder.Platform))
            {
                Copy(global, folder);
                return true;
            }

            RemoveLeftovers(Path.GetDirectoryName(folder.Path)!);
            var workshop = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(folder.Path)!, $"{Workshop}{Guid.NewGuid():N}"));
            try
            {
                await RestoreAsync(folder.Platform, workshop.FullName, progress, dotnet, cancellation);
                Copy(Path.Combine(workshop.FullName, "packages"), folder);
            }
            finally
            {
                workshop.Delete(recursive: true);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TuningException(
                $"libtorch could not be stored in '{folder.Path}': {exception.Message} Free "
                    + $"{folder.Platform.DownloadBytes * (DiskPerDownload + 4) / 1_000_000:N0} MB there, "
                    + $"or set {CacheFolder.Variable} to a folder on another disk.",
                exception
            );
        }
    }

    /// <summary>A killed download cannot clean up after itself; the next one does.</summary>
    private static void RemoveLeftovers(string parent)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        foreach (var left in new DirectoryInfo(parent).EnumerateDirectories($"{Workshop}*"))
        {
            if (now - left.LastWriteTimeUtc > Abandoned)
            {
                left.Delete(recursive: true);
            }
        }
    }

    private static string? GlobalPackages() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named ? named
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home
            ? Path.Combine(home, ".nuget", "packages")
        : null;

    private static string Source(string packages, TorchPlatform platform, NativeFile file) =>
        Path.Combine(packages, file.Package, file.Version, "runtimes", platform.Rid, "native", file.Name);

    private static bool Has(string packages, TorchPlatform platform) =>
        platform.Files.All(file => File.Exists(Source(packages, platform, file)));

    private static void Copy(string packages, TorchFolder folder) =>
        AtomicFolder.Write(
            folder.Path,
            temporary =>
            {
                foreach (var file in folder.Platform.Files)
                {
                    var source = Source(packages, folder.Platform, file);
                    if (!File.Exists(source))
                    {
                        throw new TuningException(
                            $"Package {file.Package} {file.Version} has no '{file.Name}' for {folder.Platform.Rid}. The package source "
                                + $"serves something else than NuGet's gallery does."
                        );
                    }

                    var target = Path.Combine(temporary, file.Name);
                    File.Copy(source, target);
                    var actual = Sha256Text.OfFile(target);
                    if (actual != file.Sha256)
                    {
                        throw new TuningException(
                            $"'{file.Name}' of package {file.Package} {file.Version} has SHA-256 {actual[..12]}…, {file.Sha256[..12]}… was "
                                + $"promised. "
                                + $"The copy in '{packages}' is damaged, or the package source serves another file; nothing of it was "
                                + $"kept. Delete that package's folder and try again."
                        );
                    }
                }
            }
        );

    private static async Task RestoreAsync(
        TorchPlatform platform,
        string workshop,
        IProgress<NativeProgress>? progress,
        string dotnet,
        CancellationToken cancellation
    )
    {
        var references = platform
            .Files.Select(file => (file.Package, file.Version))
            .Distinct()
            .Select(package => $"<PackageReference Include=\"{package.Package}\" Version=\"[{package.Version}]\" />");
        File.WriteAllText(
            Path.Combine(workshop, "natives.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
                <EnableDefaultItems>false</EnableDefaultItems>
                <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
              </PropertyGroup>
              <ItemGroup>{string.Concat(references)}</ItemGroup>
            </Project>
            """
        );

        // Neither this project's nor the caller's build files apply to it.
        File.WriteAllText(Path.Combine(workshop, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(workshop, "Directory.Build.targets"), "<Project />");
        File.WriteAllText(Path.Combine(workshop, "Directory.Packages.props"), "<Project />");
        string[] line = [dotnet, "restore", "natives.csproj", "--packages", Path.Combine(workshop, "packages"), "--disable-build-servers"];
        try
        {
            var running = PackageClient.RunAsync(
                line,
                workshop,
                cancellation,
                ("NUGET_HTTP_CACHE_PATH", Path.Combine(workshop, "http")),
                ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
                ("DOTNET_NOLOGO", "1")
            );
            while (await Task.WhenAny(running, Task.Delay(PollMilliseconds, CancellationToken.None)) != running)
            {
                progress?.Report(new NativeProgress(SizeOf(workshop), platform.DownloadBytes * DiskPerDownload));
            }

            var (exitCode, output, error) = await running;
            if (exitCode != 0)
            {
                throw new TuningException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"'dotnet restore' of "
                            + $"{string.Join(" and ", platform.Files.Select(file => $"{file.Package} {file.Version}").Distinct())} "
                            + $"ended with exit code {exitCode} ({FirstError(output + error)}). "
                    )
                        + "Let the NuGet client reach a source that has these packages (the network is needed once), then try again; "
                        + "nothing was kept."
                );
            }
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new TuningException(
                $"The NuGet client, which brings libtorch, could not be started ('{dotnet} restore'): {exception.Message}. Install the "
                    + $".NET SDK, so that 'dotnet --version' answers.",
                exception
            );
        }
    }

    /// <summary>Directories come and go while the client works.</summary>
    private static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string FirstError(string said) =>
        said.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))
            is { } line
            ? line[..Math.Min(line.Length, 300)]
            : "it said nothing";
}
