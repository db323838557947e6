using System.Runtime.InteropServices;
using MLNetPerson.Inference;

namespace MLNetPerson.Tests.Inference;

/// <summary>What programs leave on a disk is tested where they run: NothingLeavesTests of the CLI, of hosting, ML.NET and
/// notebooks.</summary>
public sealed partial class OnnxTelemetryTests
{
    [Fact]
    public void It_is_off_where_nobody_asks_for_it() => Assert.False(OnnxTelemetry.IsOn);

    [SkippableFact]
    public void The_C_library_sees_it_off_when_this_assembly_is_loaded()
    {
        Skip.If(OperatingSystem.IsWindows(), "There is one environment on Windows.");

        _ = OnnxTelemetry.IsOn;

        Assert.Equal("1", Marshal.PtrToStringUTF8(GetEnv("ORT_DISABLE_TELEMETRY")));
    }

    [Fact]
    public void A_change_after_the_start_is_refused()
    {
        _ = OnnxModel.RuntimeVersion;

        var fault = Assert.Throws<InvalidOperationException>(() => OnnxTelemetry.IsOn = true);

        Assert.Equal(
            "ONNX Runtime has started with its telemetry off, and reads that once. Set OnnxTelemetry.IsOn before the first model is "
                + "loaded.",
            fault.Message
        );
        OnnxTelemetry.IsOn = false; // no change: nothing to refuse
        Assert.False(OnnxTelemetry.IsOn);
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetEnv(string name);
}
