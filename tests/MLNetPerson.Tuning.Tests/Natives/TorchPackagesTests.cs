namespace MLNetPerson.Tuning.Tests.Natives;

public sealed class TorchPackagesTests
{
    [Fact]
    public void A_Raspberry_Pi_is_told_what_to_do_instead() =>
        Assert.Equal(
            "There is no libtorch for linux-arm64, so nothing can be tuned on this machine. Tune on linux-x64, Windows or macOS (Apple "
                + "silicon), and copy the package here: it predicts on every platform.",
            Assert.Throws<TuningException>(() => TorchPlatform.Of("linux-arm64")).Message
        );

    [Fact]
    public void Every_platform_ends_with_TorchSharps_own_library_and_has_whole_hashes()
    {
        Assert.Equal(["linux-x64", "win-x64", "win-arm64", "osx-arm64"], TorchPlatform.All.Select(platform => platform.Rid));
        Assert.All(TorchPlatform.All, platform => Assert.Equal("torchsharp", platform.Files[^1].Package));
        Assert.All(TorchPlatform.All.SelectMany(platform => platform.Files), file => Assert.Matches("^[0-9a-f]{64}$", file.Sha256));
    }

    [Fact]
    public async Task A_missing_client_is_named_and_leaves_nothing_behind()
    {
        using var folder = new TempFolder();
        using var _ = new Variable("NUGET_PACKAGES", folder["no-packages"]);
        var target = new TorchFolder(TorchPlatform.Of("linux-x64"), folder["torch/here"]);

        var error = await Assert.ThrowsAsync<TuningException>(() => TorchPackages.BringAsync(target, null, default, "no-such-dotnet"));

        Assert.StartsWith(
            "The NuGet client, which brings libtorch, could not be started ('no-such-dotnet restore'): ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith("Install the .NET SDK, so that 'dotnet --version' answers.", error.Message, StringComparison.Ordinal);
        Assert.Equal(["torch"], folder.Entries());
    }

    [Fact]
    public async Task Another_file_than_the_promised_one_is_refused_and_not_kept()
    {
        using var folder = new TempFolder();
        using var _ = new Variable("NUGET_PACKAGES", folder["packages"]);
        var platform = TorchPlatform.Of("linux-x64");
        foreach (var file in platform.Files)
        {
            folder.Write($"packages/{file.Package}/{file.Version}/runtimes/linux-x64/native/{file.Name}", "something else");
        }

        var error = await Assert.ThrowsAsync<TuningException>(() =>
            TorchPackages.BringAsync(new TorchFolder(platform, folder["torch/here"]), null, default)
        );

        Assert.StartsWith(
            "'libgomp-98b21ff3.so.1' of package libtorch-cpu-linux-x64 2.10.0 has SHA-256 ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("6b254201cafd… was promised", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder["torch"]));
    }

    [Fact]
    public void A_damaged_library_is_found_by_its_hash()
    {
        using var folder = new TempFolder();
        var platform = TorchPlatform.Of("linux-x64");
        var libraries = new TorchFolder(platform, folder.Path);
        Assert.False(libraries.IsThere);
        foreach (var file in platform.Files)
        {
            folder.Write(file.Name, "x");
        }

        Assert.True(libraries.IsThere);
        Assert.Contains(
            "libgomp-98b21ff3.so.1' has SHA-256 2d711642b726…, 6b254201cafd… is promised for libtorch-cpu-linux-x64 2.10.0",
            libraries.Fault(),
            StringComparison.Ordinal
        );
    }

    [SkippableFact]
    public async Task Without_a_network_the_clients_own_error_is_told_and_nothing_is_left()
    {
        Skip.If(OperatingSystem.IsWindows(), "the client's stand-in is a shell script");
        using var folder = new TempFolder();
        using var _ = new Variable("NUGET_PACKAGES", folder["no-packages"]);
        var target = new TorchFolder(TorchPlatform.Of("linux-x64"), folder["torch/here"]);
        var client = Script(folder, "echo 'natives.csproj : error NU1301: Unable to load the service index for source X.'; exit 1");

        var error = await Assert.ThrowsAsync<TuningException>(() => TorchPackages.BringAsync(target, null, default, client));

        Assert.Matches(
            "^'dotnet restore' of libtorch-cpu-linux-x64 2\\.10\\.0.* ended with exit code 1 \\(natives\\.csproj : error NU1301: Unable to "
                + "load the service index for source X\\.\\)\\. Let the NuGet client reach a source that has these packages \\(the network "
                + "is needed once\\), then try again; nothing was kept\\.$",
            error.Message
        );
        Assert.Empty(Directory.GetFileSystemEntries(folder["torch"]));
    }

    [SkippableFact]
    public async Task An_interrupted_download_leaves_nothing_and_tells_how_far_it_was()
    {
        Skip.If(OperatingSystem.IsWindows(), "the client's stand-in is a shell script");
        using var folder = new TempFolder();
        using var _ = new Variable("NUGET_PACKAGES", folder["no-packages"]);
        using var interrupt = new CancellationTokenSource();
        var target = new TorchFolder(TorchPlatform.Of("linux-x64"), folder["torch/here"]);
        var client = Script(folder, "mkdir -p packages/torchsharp; head -c 5000000 /dev/zero > packages/torchsharp/half.nupkg; sleep 60");
        long seen = 0;
        var progress = new Relay<NativeProgress>(at =>
        {
            if (at.Bytes >= 5_000_000)
            {
                seen = at.Bytes;
                interrupt.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TorchPackages.BringAsync(target, progress, interrupt.Token, client));

        Assert.InRange(seen, 5_000_000, 6_000_000);
        Assert.Empty(Directory.GetFileSystemEntries(folder["torch"]));
        Assert.False(target.IsThere);
    }

    [SkippableFact]
    public async Task What_a_killed_download_left_goes_with_the_next_one_and_a_running_ones_stays()
    {
        Skip.If(OperatingSystem.IsWindows(), "the client's stand-in is a shell script");
        using var folder = new TempFolder();
        using var _ = new Variable("NUGET_PACKAGES", folder["no-packages"]);
        folder.Write("torch/restore-killed/half.nupkg", "half");
        folder.Write("torch/restore-running/half.nupkg", "half");
        Directory.SetLastWriteTimeUtc(folder["torch/restore-killed"], DateTime.UnixEpoch);

        await Assert.ThrowsAsync<TuningException>(() =>
            TorchPackages.BringAsync(
                new TorchFolder(TorchPlatform.Of("linux-x64"), folder["torch/here"]),
                null,
                default,
                Script(folder, "exit 1")
            )
        );

        Assert.Equal(["restore-running"], Directory.GetFileSystemEntries(folder["torch"]).Select(Path.GetFileName));
    }

    private static string Script(TempFolder folder, string commands)
    {
        var path = folder.Write("client.sh", $"#!/bin/sh\n{commands}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    private sealed class Variable : IDisposable
    {
        private readonly string _name;
        private readonly string? _old;

        public Variable(string name, string value)
        {
            (_name, _old) = (name, Environment.GetEnvironmentVariable(name));
            Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose() => Environment.SetEnvironmentVariable(_name, _old);
    }
}
