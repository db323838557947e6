using MLNetPerson.Testing;
using MLNetPerson.Testing.Devices;
using MLNetPerson.Training.Bundles;
using Xunit.Abstractions;

namespace MLNetPerson.Training.Tests.Bundles;

/// <summary>
/// The bundle on ARM kernels: emulated, half a minute, and so only where MLNETPERSON_EMULATED=1 asks for it. The benchmark verb "devices"
/// keeps the output of the same in models/results/devices.csv.
/// </summary>
public sealed class EmulatedBundleTests(BundleFixture fixture, ITestOutputHelper output) : IClassFixture<BundleFixture>
{
    [SkippableFact]
    public void Arm_kernels_reproduce_the_goldens_of_every_encoding()
    {
        var node = Node();

        var (code, lines, error) = node.Run(Repository.At("tests/Testing/Devices/consumer.js"), fixture.Bundle.Folder, "answers");

        Assert.True(code == 0, error);
        var answers = BundleAnswers.Read(lines);
        Assert.Equal(20, answers.Count);
        foreach (var encoding in fixture.Bundle.Manifest.Encodings)
        {
            Assert.All(
                fixture.Bundle.Manifest.SelfTest.Inference,
                test =>
                {
                    var (given, expected) = (answers[$"{encoding.Name} {test.Name}"], test.Expected[encoding.Name]);
                    output.WriteLine(
                        $"{encoding.Name} {test.Name}: {given:0.000000}, expected {expected.Probability:0.000000} within "
                            + $"{encoding.Tolerance}"
                    );
                    Assert.InRange(given, expected.Probability - encoding.Tolerance, expected.Probability + encoding.Tolerance);
                    Assert.True(
                        expected.Decision is ExpectedAnswer.Either
                            || expected.Decision == fixture.Bundle.Manifest.Labels[given >= fixture.Bundle.Manifest.Threshold ? 1 : 0]
                    );
                }
            );
        }
    }

    [SkippableFact]
    public void The_bundles_own_test_passes_there_and_times()
    {
        var (code, text, error) = Node().Run(fixture.SelfTest, "--encoding", "int8", "--time", "0.1", "--threads", "2");

        output.WriteLine(text);
        Assert.True(code == 0, text + error);
        Assert.Matches(
            "int8: MEASURED on .*, 2 threads, model alone: p50 [0-9.]+ ms, p95 [0-9.]+ ms, p99 [0-9.]+ ms, [0-9.]+ pictures a second",
            text
        );
        Assert.EndsWith("PASSED\n", text);
    }

    private static ArmNode Node()
    {
        Skip.IfNot(
            Environment.GetEnvironmentVariable("MLNETPERSON_EMULATED") == "1",
            "MLNETPERSON_EMULATED is not 1: emulation takes half a minute."
        );
        Skip.If(ArmNode.Missing is not null, ArmNode.Missing);
        return ArmNode.Bring();
    }
}
