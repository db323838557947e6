using System.Formats.Tar;
using System.IO.Compression;
using MLNetPerson.Files;
using MLNetPerson.Testing;
using MLNetPerson.Training.Downloads;

namespace MLNetPerson.Training.Tests.Downloads;

/// <summary>With a client that only copies a tarball, so that no registry is asked.</summary>
public sealed class NpmPackagesTests : IDisposable
{
    private const string Package = "pictures@1.2.3";

    private readonly TempFolder _folder = new();
    private readonly byte[] _picture = [1, 2, 3, 4];

    [SkippableFact]
    public async Task A_file_is_taken_out_of_the_package()
    {
        var npm = Client("package/img/a.jpg");

        Assert.Equal(1, await NpmPackages.BringAsync(npm, Package, [File_("img/a.jpg")], default));

        Assert.Equal(_picture, File.ReadAllBytes(_folder["out/img/a.jpg"]));
    }

    [SkippableFact]
    public async Task A_package_with_another_first_folder_is_read_too()
    {
        await NpmPackages.BringAsync(Client("pictures-1.2.3/img/a.jpg"), Package, [File_("img/a.jpg")], default);

        Assert.True(File.Exists(_folder["out/img/a.jpg"]));
    }

    [SkippableFact]
    public async Task What_is_there_is_not_brought_again()
    {
        await NpmPackages.BringAsync(Client("package/img/a.jpg"), Package, [File_("img/a.jpg")], default);

        Assert.Equal(0, await NpmPackages.BringAsync(["no-such-program"], Package, [File_("img/a.jpg")], default));
    }

    [SkippableFact]
    public async Task A_file_that_was_changed_is_brought_again()
    {
        var npm = Client("package/img/a.jpg");
        await NpmPackages.BringAsync(npm, Package, [File_("img/a.jpg")], default);
        File.WriteAllText(_folder["out/img/a.jpg"], "changed");

        Assert.Equal(1, await NpmPackages.BringAsync(npm, Package, [File_("img/a.jpg")], default));
        Assert.Equal(_picture, File.ReadAllBytes(_folder["out/img/a.jpg"]));
    }

    [SkippableFact]
    public async Task Another_content_than_promised_is_refused_and_not_kept()
    {
        var npm = Client("package/img/a.jpg");
        var wanted = File_("img/a.jpg") with { Sha256 = new string('0', 64) };

        var fault = await Assert.ThrowsAsync<DownloadException>(() => NpmPackages.BringAsync(npm, Package, [wanted], default));

        Assert.Equal(
            $"'img/a.jpg' in npm package {Package} has SHA-256 {Sha256Text.OfBytes(_picture)[..12]}…, 000000000000… was promised. The "
                + $"registry serves something else than what this project was tested with; nothing of it was kept.",
            fault.Message
        );
        Assert.False(File.Exists(wanted.Target));
    }

    [SkippableFact]
    public async Task A_file_that_the_package_lacks_is_named() =>
        Assert.Equal(
            $"npm package {Package} has no file 'img/b.jpg'. The version or the path is wrong.",
            (
                await Assert.ThrowsAsync<DownloadException>(() =>
                    NpmPackages.BringAsync(Client("package/img/a.jpg"), Package, [File_("img/b.jpg")], default)
                )
            ).Message
        );

    [SkippableFact]
    public async Task A_client_that_fails_is_quoted()
    {
        var npm = Script("echo 'npm error 404 Not Found' >&2; exit 1");

        Assert.Equal(
            $"'npm pack {Package}' ended with exit code 1 (npm error 404 Not Found). Let the npm client reach a registry that has the "
                + $"package.",
            (await Assert.ThrowsAsync<DownloadException>(() => NpmPackages.BringAsync(npm, Package, [File_("a")], default))).Message
        );
    }

    [SkippableTheory]
    [InlineData(
        "ENOTFOUND",
        "request to the registry failed",
        "The registry cannot be reached (ENOTFOUND): see to the network, a proxy and 'npm config get registry', then run this again."
    )]
    [InlineData(
        "ECONNREFUSED",
        "connect ECONNREFUSED 127.0.0.1:9",
        "The registry cannot be reached (ECONNREFUSED): see to the network, a proxy and 'npm config get registry', then run this again."
    )]
    [InlineData(
        "EINTEGRITY",
        "sha512-a integrity checksum failed",
        "The npm client's cache is damaged (EINTEGRITY): run 'npm cache clean --force', then run this again."
    )]
    [InlineData("ENOSPC", "no space left on device", "The disk is full (ENOSPC): make room, then run this again.")]
    [InlineData(
        "EACCES",
        "permission denied, mkdir",
        "The npm client may not write its cache (EACCES): see 'npm config get cache', then run this again."
    )]
    [InlineData("E404", "404 Not Found", "Let the npm client reach a registry that has the package.")]
    public async Task A_client_that_fails_for_a_known_reason_says_what_to_do(string code, string said, string advice)
    {
        var npm = Script(
            $"printf 'npm error code {code}\nnpm error {said}\nnpm error A complete log of this run can be found in: x\n' >&2; exit 1"
        );

        Assert.Equal(
            $"'npm pack {Package}' ended with exit code 1 (npm error {said}). {advice}",
            (await Assert.ThrowsAsync<DownloadException>(() => NpmPackages.BringAsync(npm, Package, [File_("a")], default))).Message
        );
    }

    [SkippableFact]
    public async Task A_registry_that_does_not_answer_is_given_up()
    {
        var npm = Script("echo $$ > pid; cp pid '" + _folder["pid"] + "'; exec sleep 600");

        var fault = await Assert.ThrowsAsync<DownloadException>(() =>
            NpmPackages.BringAsync(npm, Package, [File_("a")], TimeSpan.FromSeconds(1.5), default)
        );

        Assert.Equal(
            $"'npm pack {Package}' did not end within 1.5 s, so the registry does not answer or the network is very slow. See whether "
                + "'npm ping' answers, and run this again: files that were brought before are kept.",
            fault.Message
        );
        // The client is ended too, not left behind.
        var client = int.Parse(File.ReadAllText(_folder["pid"]), System.Globalization.CultureInfo.InvariantCulture);
        await Task.Delay(500);
        Assert.ThrowsAny<Exception>(() => System.Diagnostics.Process.GetProcessById(client).HasExited ? throw new ArgumentException() : 0);
    }

    [SkippableFact]
    public async Task The_real_client_without_a_registry_says_so()
    {
        Skip.If(OperatingSystem.IsWindows(), "the client is started by a shell script");
        Skip.If(!HasNpm(), "there is no npm client here");
        // Port 9 of this machine: nobody listens, so the connection is refused at once.
        var npm = Script("npm_config_registry=http://127.0.0.1:9 npm_config_fetch_retries=0 exec npm \"$@\"");

        var fault = await Assert.ThrowsAsync<DownloadException>(() => NpmPackages.BringAsync(npm, Package, [File_("a")], default));

        Assert.StartsWith($"'npm pack {Package}' ended with exit code 1 (npm error FetchError: request to ", fault.Message);
        Assert.Contains("The registry cannot be reached (ECONNREFUSED)", fault.Message);
    }

    [Fact]
    public async Task A_client_that_is_not_there_says_what_to_install() =>
        Assert.EndsWith(
            "Install Node.js with npm, so that 'npm --version' answers.",
            (
                await Assert.ThrowsAsync<DownloadException>(() =>
                    NpmPackages.BringAsync(["no-such-program"], Package, [File_("a")], default)
                )
            ).Message
        );

    [SkippableFact]
    public async Task Cancelling_ends_the_client()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(0.5));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            NpmPackages.BringAsync(Script("sleep 60"), Package, [File_("a")], cancellation.Token)
        );
    }

    public void Dispose() => _folder.Dispose();

    private NpmFile File_(string path) => new(path, Sha256Text.OfBytes(_picture), _folder["out/" + path]);

    private string[] Client(string entry)
    {
        var tarball = _folder["source.tgz"];
        using (var file = File.Create(tarball))
        using (var zip = new GZipStream(file, CompressionLevel.Fastest))
        using (var tar = new TarWriter(zip))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "package/other.txt") { DataStream = new MemoryStream([9]) });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, entry) { DataStream = new MemoryStream(_picture) });
        }

        return Script($"cp '{tarball}' ./pictures-1.2.3.tgz");
    }

    private static bool HasNpm()
    {
        try
        {
            return ProcessRunner.Run("npm", ["--version"]).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private string[] Script(string text)
    {
        Skip.If(OperatingSystem.IsWindows(), "the client is a shell script");
        return ["sh", _folder.Write("npm.sh", text + "\n")];
    }
}
