using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace MLNetPerson.Tuning.Natives;

/// <summary>A native library that tuning needs, as its package ships it.</summary>
/// <param name="Package">NuGet package that has it, in lower case.</param>
/// <param name="Version">Of that package.</param>
/// <param name="Name">File name below <c>runtimes/PLATFORM/native</c>.</param>
/// <param name="Sha256">Of the file, lower-case hexadecimal.</param>
internal readonly record struct NativeFile(string Package, string Version, string Name, string Sha256);

/// <summary>What libtorch consists of on one kind of machine.</summary>
/// <param name="Rid">.NET's name of the platform, e.g. "linux-x64".</param>
/// <param name="DownloadBytes">Size of the packages to fetch.</param>
/// <param name="Files">In the order in which they are loaded; the last one is TorchSharp's own.</param>
/// <remarks>
/// Hashes: of the files in TorchSharp 0.107.0 and in the packages libtorch-cpu-* 2.10.0, which belong together. A library of the package
/// that nothing here calls (Python's binding, tests) is left out.
/// </remarks>
internal sealed record TorchPlatform(string Rid, long DownloadBytes, ImmutableArray<NativeFile> Files)
{
    /// <summary>TorchSharp's version; the managed part has the same.</summary>
    public const string TorchSharpVersion = "0.107.0";

    /// <summary>libtorch's version.</summary>
    public const string LibtorchVersion = "2.10.0";

    /// <summary>What does not run on this machine, and why; or null where it does.</summary>
    public static string? WhyNot(string rid) =>
        All.Any(platform => platform.Rid == rid) ? null
        : rid == "linux-arm64"
            ? "There is no libtorch for linux-arm64, so nothing can be tuned on this machine. Tune on linux-x64, Windows or macOS (Apple "
                + "silicon), and copy the package here: it predicts on every platform."
        : $"There is no libtorch for {rid}, so nothing can be tuned on this machine. Tune on one of "
            + $"{string.Join(", ", All.Select(platform => platform.Rid))}, "
            + "and copy the package here: it predicts on every platform.";

    /// <summary>This machine's name.</summary>
    public static string CurrentRid
    {
        get
        {
            var system =
                OperatingSystem.IsWindows() ? "win"
                : OperatingSystem.IsMacOS() ? "osx"
                : OperatingSystem.IsLinux()
                    ? (RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "linux-musl" : "linux")
                : "unknown";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>The platform of that name.</summary>
    /// <exception cref="TuningException">There is no libtorch for it.</exception>
    public static TorchPlatform Of(string rid) =>
        All.FirstOrDefault(platform => platform.Rid == rid) ?? throw new TuningException(WhyNot(rid)!);

    /// <summary>All platforms that can tune.</summary>
    public static ImmutableArray<TorchPlatform> All { get; } =
    [
        Make(
            "linux-x64",
            128_200_806,
            ("libgomp-98b21ff3.so.1", "6b254201cafdc5389580d77139398a298f63ce3b139cfbcceade961ac0d721cb"),
            ("libc10.so", "5a54a1c71c90df5011b20529bba91bcd160871c7cb19f33d9da8e73f9c45fbbc"),
            ("libtorch_cpu.so", "0f4b3e14ed8468219fefe110605e741afc6bfbec27cc777a224301edb9f24c41"),
            ("libtorch.so", "aaa36e9d80c624fc796e0fd591ebe7a59262814f57bc639ec20f6ae91fadb760"),
            ("libLibTorchSharp.so", "cf33b1b0bb6bbb9754a768fb5c5d04d9f498603be50e73f55621a0b40ee608b8")
        ),
        Make(
            "win-x64",
            79_854_046,
            ("libiomp5md.dll", "d41a71c38f627a95748596820ab380135dcccc4ceecd6fe7d4e247d015bf55a4"),
            ("libiompstubs5md.dll", "137dd44f652a926eb540861994c58ea24ebfbf6b45886ac964a68c5742549c47"),
            ("uv.dll", "fa569e682fc5fb7a8eb94c6829af9f30a569748dbbc6bce39735d48bc960bcf8"),
            ("c10.dll", "a057ab00ec2edceec9198e87bd417843489f9bb4b937ff2cf22503e699383063"),
            ("torch_cpu.dll", "c75772dea925c23ea45fbf39502d48d4e87350249e75050d43bea2c12fdd3a1b"),
            ("torch.dll", "02d6bd9767ee972466363386c2025716af46533516671a6f4f365385760e207a"),
            ("LibTorchSharp.dll", "8552d2fd6d045a5a9fd2315300f6f6aac7770433beeb4a743e22d59d77ed1858")
        ),
        Make(
            "win-arm64",
            41_962_447,
            ("armpl_lp64.dll", "2913a6f3b11d43695f4a4cfe501e67e3d67ce14f652e0b99bdbe38d0564ba665"),
            ("uv.dll", "109a45d90da9eb6eb063a93590c7cdf3090a88de0653e7b8b11f384c37c3dcd1"),
            ("c10.dll", "dd0c6c271bf50299cd628bedecce7f9b901a6f5af14cc64729b48e4a2ca2965e"),
            ("torch_cpu.dll", "b0a9a9d5f93f66a80d2dc30e2126e831e33cbec368adc390ad29af572962d557"),
            ("torch.dll", "e7d8fbb025ddd51dff707f2ff3f5f8dd7e4758eadacbe4f0ca2f127363ee78aa"),
            ("LibTorchSharp.dll", "023baaaa04d7b15c27a545ccd7fc28dffdc60bad6311a900f807b6e5dd099ce6")
        ),
        Make(
            "osx-arm64",
            56_910_439,
            ("libomp.dylib", "fe0670951c85401421f6cedc91971f28dc870bad4c1f0cfebe2b74dac421e5f0"),
            ("libc10.dylib", "cff488f7e39024a34a871c07ba82031625021392eaf137d0c35eb53b7a33a077"),
            ("libtorch_cpu.dylib", "4f03f83297f45294c4c2b64566d09a6c108aa962f7f1e588ab19e5ffb1079d7e"),
            ("libtorch.dylib", "619206f7f2917cef9869bc74c7179ebd2183c17fb33a0d51e8b0a501bcc87c89"),
            ("libLibTorchSharp.dylib", "3f643eebb2c41450493213ae504e89eb1ca2b51603f8208c82c6f104f2f75d9c")
        ),
    ];

    private static TorchPlatform Make(string rid, long bytes, params ReadOnlySpan<(string Name, string Sha256)> files)
    {
        var all = ImmutableArray.CreateBuilder<NativeFile>();
        foreach (var (name, sha256) in files)
        {
            all.Add(
                name.Contains("LibTorchSharp", StringComparison.Ordinal)
                    ? new NativeFile("torchsharp", TorchSharpVersion, name, sha256)
                    : new NativeFile($"libtorch-cpu-{rid}", LibtorchVersion, name, sha256)
            );
        }

        return new TorchPlatform(rid, bytes, all.ToImmutable());
    }
}
