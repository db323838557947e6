using MLNetPerson.Testing;

namespace MLNetPerson.Hosting.Tests;

/// <summary>A package that was trained once for all tests of a class.</summary>
public sealed class TrainedWorld : IDisposable
{
    public TrainedWorld() => World.Retrain();

    public TinyWorld World { get; } = new();

    public string Package => World.PackagePath;

    public string Picture => Directory.GetFiles(World.Pictures, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();

    public void CopyTo(string folder) => World.CopyPackageTo(folder);

    public void Dispose() => World.Dispose();
}
