using MLNetPerson.Testing;

namespace MLNetPerson.Tests;

/// <summary>A package that was trained once for all tests of a class.</summary>
public sealed class TrainedPackage : IDisposable
{
    public TrainedPackage() => World.Retrain();

    public TinyWorld World { get; } = new();

    public string Path => World.PackagePath;

    public void CopyTo(string folder)
    {
        foreach (var file in Directory.GetFiles(Path, "*", SearchOption.AllDirectories))
        {
            var target = System.IO.Path.Combine(folder, System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public void Dispose() => World.Dispose();
}
