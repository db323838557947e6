using MLNetPerson.Benchmarking;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Benchmarking;

public sealed class PackageBenchmarkTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string[] Pictures =>
        [
            _folder.Write("a.jpg", ImageWriter.EncodeJpeg(TestImages.Noise(320, 240, seed: 5))),
            _folder.Write("b.jpg", ImageWriter.EncodeJpeg(TestImages.Noise(64, 48, seed: 6))),
        ];

    [Fact]
    public void Every_encoding_is_timed_at_every_number_of_threads()
    {
        var package = ModelPackage.Open(Repository.At("models/person"));

        var timings = PackageBenchmark.Run(
            package,
            Pictures,
            new BenchmarkOptions
            {
                Encodings = ["int8", "int8-portable"],
                Threads = [1, 2],
                Seconds = 0.05,
            }
        );

        Assert.Equal(
            [("int8", 1), ("int8-portable", 1), ("int8", 2), ("int8-portable", 2)],
            timings.Select(timing => (timing.Encoding, timing.Threads))
        );
        Assert.All(
            timings,
            timing =>
            {
                Assert.All(
                    new[] { timing.Model, timing.EndToEnd },
                    times =>
                        Assert.True(
                            times.Runs >= LatencySummary.RunsForP95
                                && times.P50 > 0
                                && times.P50 <= times.P95
                                && times.P95Low <= times.P95
                                && times.P95 <= times.P95High,
                            times.ToString()
                        )
                );
                Assert.InRange(timing.PicturesPerSecond, timing.PicturesPerSecondLow, timing.PicturesPerSecondHigh);
                Assert.True(timing.PicturesPerSecondLow > 0);
            }
        );
    }

    [Fact]
    public void Models_of_several_packages_are_timed_beside_each_other()
    {
        var package = ModelPackage.Open(Repository.At("models/person"));

        var timings = PackageBenchmark.Run(
            [new TimedModel(package, "int8"), new TimedModel(package, "int8")],
            Pictures,
            new BenchmarkOptions { Threads = [1], Seconds = 0.05 }
        );

        Assert.Equal(["int8", "int8"], timings.Select(timing => timing.Encoding));
    }

    [Fact]
    public void Faulty_options_and_pictures_are_named_before_any_measurement()
    {
        var package = ModelPackage.Open(Repository.At("models/person"));

        Assert.Contains(
            "a number of threads is below 1; 0 seconds are outside 0 to 3600",
            Assert
                .Throws<ArgumentException>(() =>
                    PackageBenchmark.Run(package, Pictures, new BenchmarkOptions { Threads = [0], Seconds = 0 })
                )
                .Message
        );
        Assert.Contains(
            "has no encoding 'int4'",
            Assert
                .Throws<PackageException>(() => PackageBenchmark.Run(package, Pictures, new BenchmarkOptions { Encodings = ["int4"] }))
                .Message
        );
        Assert.Throws<ImageException>(() =>
            PackageBenchmark.Run(package, [_folder.Write("text.jpg", "text")], new BenchmarkOptions { Seconds = 0.01 })
        );
        Assert.Throws<ImageException>(() => PackageBenchmark.Run(package, [_folder["gone.jpg"]], new BenchmarkOptions { Seconds = 0.01 }));
        Assert.Contains(
            "There is no picture",
            Assert.Throws<ArgumentException>(() => PackageBenchmark.Run(package, [], new BenchmarkOptions())).Message
        );
    }

    public void Dispose() => _folder.Dispose();
}
