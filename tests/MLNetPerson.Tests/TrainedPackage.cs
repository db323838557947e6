using MLNetPerson.Testing;

namespace MLNetPerson.Tests;

/// <summary>A package that was trained once for all tests of a class.</summary>
public sealed class TrainedPackage : IDisposable
{
    public TrainedPackage() => World.Retrain();

    public TinyWorld World { get; } = new();

    public string Path => World.PackagePath;

    public void CopyTo(string folder) => World.CopyPackageTo(folder);

    public void Dispose() => World.Dispose();
}
