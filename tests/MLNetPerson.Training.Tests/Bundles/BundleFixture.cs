using MLNetPerson.Packaging;
using MLNetPerson.Testing;
using MLNetPerson.Training.Bundles;

namespace MLNetPerson.Training.Tests.Bundles;

/// <summary>A bundle of the ready model, made once for all tests of a class; they do not change it.</summary>
public sealed class BundleFixture : IDisposable
{
    private readonly TempFolder _folder = new();

    public BundleFixture()
    {
        BundleWriter.Write(
            ModelPackage.Open(Repository.At("models/person")),
            new BundleOptions { Out = _folder["bundle"], Target = "linux-arm64" }
        );
        Bundle = DeviceBundle.Open(_folder["bundle"]);
    }

    public DeviceBundle Bundle { get; }

    public string SelfTest => Bundle.PathOf("selftest.js");

    public void Dispose() => _folder.Dispose();
}
