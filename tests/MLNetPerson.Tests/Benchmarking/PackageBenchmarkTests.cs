using MLNetPerson.Benchmarking;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Benchmarking;

public sealed class PackageBenchmarkTests
{
    private static readonly byte[] Picture = ImageWriter.EncodeJpeg(TestImages.Noise(320, 240, seed: 5));

    [Fact]
    public void Every_encoding_is_timed_at_every_number_of_threads()
    {
        var package = ModelPackage.Open(Repository.At("models/person"));

        var timings = PackageBenchmark.Run(package, Picture, new BenchmarkOptions { Threads = [1, 2], Seconds = 0.05 });

        Assert.Equal(package.Manifest.Encodings.SelectMany(encoding => new[] { (encoding.Name, 1), (encoding.Name, 2) }).Order(), timings.Select(timing => (timing.Encoding, timing.Threads)).Order());
        Assert.All(timings, timing => Assert.True(timing.Model.P50 > 0 && timing.Model.P50 <= timing.Model.P95 && timing.PicturesPerSecond > 0, timing.ToString()));
    }

    [Fact]
    public void Faulty_options_and_pictures_are_named_before_any_measurement()
    {
        var package = ModelPackage.Open(Repository.At("models/person"));

        Assert.Contains("a number of threads is below 1; 0 seconds are outside 0 to 3600", Assert.Throws<ArgumentException>(() => PackageBenchmark.Run(package, Picture, new BenchmarkOptions { Threads = [0], Seconds = 0 })).Message);
        Assert.Contains("has no encoding 'int4'", Assert.Throws<PackageException>(() => PackageBenchmark.Run(package, Picture, new BenchmarkOptions { Encodings = ["int4"] })).Message);
        Assert.Throws<ImageException>(() => PackageBenchmark.Run(package, [1, 2, 3], new BenchmarkOptions { Seconds = 0.01 }));
    }
}
