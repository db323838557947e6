using System.Runtime.InteropServices;
using System.Runtime.Loader;
using MLNetPerson.Files;
using TorchSharp;

namespace MLNetPerson.Tuning.Natives;

/// <summary>Starts libtorch, once a process. Whatever uses TorchSharp comes through here first.</summary>
public static class TorchRuntime
{
    private const string MissingVersion = "GLIBCXX_3.4.32";
    private const string OwnLibrary = "LibTorchSharp";

    private static readonly SemaphoreSlim Starting = new(1, 1);
    private static IntPtr _own;

    /// <summary>Whether libtorch runs in this process.</summary>
    public static bool IsStarted { get; private set; }

    /// <summary>Brings libtorch where it is not there, and loads it.</summary>
    /// <param name="progress">Told while it is being brought.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <exception cref="TuningException">There is none for this platform, it cannot be brought, or it does not load.</exception>
    public static async Task StartAsync(IProgress<NativeProgress>? progress = null, CancellationToken cancellation = default)
    {
        await Starting.WaitAsync(cancellation);
        try
        {
            if (IsStarted)
            {
                return;
            }

            LinuxAllocator.Prepare();
            var platform = TorchPlatform.Of(TorchPlatform.CurrentRid);
            var folder = TorchFolder.Of(platform);

            // A user's own reference to a libtorch package wins: it lies beside the program.
            if (!IsBesideProgram(platform))
            {
                await TorchPackages.BringAsync(folder, progress, cancellation);
                Load(folder);

                // TorchSharp's own context: in a notebook's kernel or a host of plug-ins it is not the default one.
                (AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly) ?? AssemblyLoadContext.Default).ResolvingUnmanagedDll += (
                    _,
                    name
                ) =>
                    name is OwnLibrary ? _own
                    : name is "torch_cpu" ? _own
                    : IntPtr.Zero;
            }

            torch.InitializeDeviceType(DeviceType.CPU);
            IsStarted = true;
        }
        catch (NotSupportedException exception)
        {
            throw new TuningException(
                $"libtorch does not start: {exception.Message} Delete '{Path.Combine(CacheFolder.Root, "torch")}' and try again.",
                exception
            );
        }
        finally
        {
            Starting.Release();
        }
    }

    /// <summary>What <c>doctor</c> says of libtorch on this machine. Loads nothing and fetches nothing.</summary>
    /// <returns>Whether tuning can run or fetch what it needs, and one sentence.</returns>
    public static (bool Possible, string Sentence) Describe()
    {
        var rid = TorchPlatform.CurrentRid;
        if (TorchPlatform.WhyNot(rid) is { } reason)
        {
            return (false, reason);
        }

        var folder = TorchFolder.Of(TorchPlatform.Of(rid));
        return !folder.IsThere
                ? (
                    true,
                    $"libtorch {TorchPlatform.LibtorchVersion} is not here yet; the first 'retrain --tune' fetches it ("
                        + $"{folder.Platform.DownloadBytes / 1_000_000:N0} MB)"
                )
            : folder.Fault() is { } fault
                ? (false, $"libtorch is damaged: {fault}. Delete '{folder.Path}'; the next 'retrain --tune' fetches it again.")
            : (
                true,
                $"libtorch {TorchPlatform.LibtorchVersion} with TorchSharp {TorchPlatform.TorchSharpVersion}, {folder.Size} in '"
                    + $"{folder.Path}'"
            );
    }

    private static bool IsBesideProgram(TorchPlatform platform) =>
        new[] { AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", platform.Rid, "native") }.Any(folder =>
            platform.Files.All(file => File.Exists(Path.Combine(folder, file.Name)))
        ) && !OperatingSystem.IsLinux(); // there the copy in the cache is loaded, which suits an old libstdc++ too

    private static void Load(TorchFolder folder)
    {
        foreach (var file in folder.Platform.Files)
        {
            var path = folder.PathOf(file);
            try
            {
                var handle = NativeLibrary.Load(path);
                _own = file.Package == "torchsharp" ? handle : _own;
            }
            catch (DllNotFoundException exception)
                when (OperatingSystem.IsLinux() && exception.Message.Contains(MissingVersion, StringComparison.Ordinal))
            {
                _own = LoadForOlderSystem(path);
            }
            catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
            {
                throw new TuningException(
                    $"'{path}' does not load: {exception.Message.ReplaceLineEndings(" ")} Delete '{folder.Path}' and try again; "
                        + $"'mlnetperson doctor' compares the files with their hashes.",
                    exception
                );
            }
        }
    }

    /// <summary>A copy beside the original, so that what was checked stays as it came.</summary>
    private static IntPtr LoadForOlderSystem(string path)
    {
        var copy = $"{path}.for-older-libstdc++";
        var bytes = File.ReadAllBytes(path);
        if (WeakVersion.Mark(bytes, MissingVersion) == 0)
        {
            throw new TuningException(
                $"'{path}' asks for {MissingVersion}, which this system's libstdc++ lacks. Install a libstdc++ of GCC 13 or newer."
            );
        }

        if (!File.Exists(copy) || !File.ReadAllBytes(copy).AsSpan().SequenceEqual(bytes))
        {
            AtomicFile.WriteBytes(copy, bytes);
        }

        return NativeLibrary.Load(copy);
    }
}
