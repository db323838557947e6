namespace MLNetPerson.Testing;

/// <summary>A file system in memory, of a size that is soon full, for as long as a test runs. Mounting takes root.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Mounts one, or skips the test where that is not allowed.</summary>
    public static SmallDisk Mount(string folder, string size)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "a small file system is mounted with Linux' tmpfs");
        Directory.CreateDirectory(folder);
        Skip.If(
            ProcessRunner.Run("mount", ["-t", "tmpfs", "-o", $"size={size}", "none", folder]).ExitCode != 0,
            "mounting a file system needs root"
        );
        return new SmallDisk(folder);
    }

    public void MakeReadOnly() => Assert.Equal(0, ProcessRunner.Run("mount", ["-o", "remount,ro", _folder]).ExitCode);

    public void Dispose() => ProcessRunner.Run("umount", ["-l", _folder]);
}
