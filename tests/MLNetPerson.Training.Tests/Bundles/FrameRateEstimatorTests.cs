using MLNetPerson.Training.Bundles;
using Xunit.Abstractions;

namespace MLNetPerson.Training.Tests.Bundles;

public sealed class FrameRateEstimatorTests(BundleFixture fixture, ITestOutputHelper output) : IClassFixture<BundleFixture>
{
    /// <summary>The one published number among those for checking that lies outside, and by how much: PyTorch's 26.4 ms against
    /// 26.1.</summary>
    private const double Slack = 1.02;

    [Fact]
    public void Estimates_hold_for_published_numbers_that_they_do_not_come_from()
    {
        var checks = PublishedTiming.All.Where(timing => timing.Use == "check").ToList();

        Assert.True(checks.Count >= 7);
        Assert.All(
            checks,
            timing =>
            {
                var estimate = FrameRateEstimator.Estimate(
                    timing.Board,
                    timing.Numbers == "int8" ? "int8" : "float32",
                    (long)(timing.MillionMacs * 1e6)
                );
                output.WriteLine(
                    $"{timing.Board} {timing.Numbers} {timing.Network} by {timing.Runtime}: published {timing.Milliseconds} ms, estimated "
                        + $"{estimate.LowMilliseconds:0.0} to {estimate.HighMilliseconds:0.0}"
                );
                Assert.InRange(timing.Milliseconds, estimate.LowMilliseconds / Slack, estimate.HighMilliseconds * Slack);
            }
        );
    }

    [Fact]
    public void The_formula_is_multiply_accumulates_divided_by_rate()
    {
        var (slow, fast) = FrameRateEstimator.Rates("pi4", "float");
        Assert.Equal(569 / 61.17, fast, 9);
        Assert.Equal(300 / 61.88 / (30.7 / 21.3), slow, 9);

        var estimate = FrameRateEstimator.Estimate("pi4", "fp16", 1_000_000_000);
        Assert.Equal(
            (1000 / fast, 1000 / slow, slow, fast),
            (estimate.LowMilliseconds, estimate.HighMilliseconds, estimate.LowPerSecond, estimate.HighPerSecond)
        );
        Assert.True(
            FrameRateEstimator.Estimate("pi4", "int8", 233_000_000).HighMilliseconds
                < FrameRateEstimator.Estimate("pi4", "float32", 233_000_000).HighMilliseconds
        );
        Assert.True(
            FrameRateEstimator.Estimate("pi5", "int8", 233_000_000).HighMilliseconds
                < FrameRateEstimator.Estimate("pi4", "int8", 233_000_000).HighMilliseconds
        );
        Assert.Equal(
            "There are no published timings of a board 'pi3'. There are: pi4, pi5.",
            Assert.Throws<BundleException>(() => FrameRateEstimator.Estimate("pi3", "int8", 1)).Message
        );
    }

    [Fact]
    public void Every_rate_has_a_source_and_every_estimate_is_called_one()
    {
        Assert.All(
            PublishedTiming.All,
            timing => Assert.True(timing.Source.Length > 20 && timing.Threads == 4 && timing.Use is "derive" or "check", timing.ToString())
        );
        var readme = File.ReadAllText(fixture.Bundle.PathOf("README.md"));
        Assert.StartsWith("ESTIMATE, not measured", fixture.Bundle.Manifest.Estimates.Method);
        Assert.Contains("| Board | Encoding | ESTIMATED ms a picture | ESTIMATED pictures a second |", readme);
        Assert.All(PublishedTiming.All.Where(timing => timing.Use == "derive"), timing => Assert.Contains(timing.Source, readme));
        Assert.Contains("    node selftest.js --time 10 --threads 4\n    mlnetperson bench package --threads 1 4\n", readme);
        Assert.Equal(8, fixture.Bundle.Manifest.Estimates.Boards.Length);
    }
}
