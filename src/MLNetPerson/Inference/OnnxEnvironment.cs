using Microsoft.ML.OnnxRuntime;

namespace MLNetPerson.Inference;

/// <summary>
/// Starts ONNX Runtime, once, with its telemetry as <see cref="OnnxTelemetry"/> says. On Linux its start matches a regular expression
/// against the process's whole command line, one level of recursion deeper for each character: some 32 KB of file names overflow a stack of
/// 8 MB, and the process dies without a word. So a long command line gets a thread with a stack to match.
/// </summary>
internal static class OnnxEnvironment
{
    /// <summary>Stack for each byte of the command line. Seen: 8 MB are used up by 32 KB, so 256 bytes; twice that, to be safe.</summary>
    private const int StackPerByte = 512;

    private const int StackOfItsOwn = 1 << 20;
    private const string CommandLine = "/proc/self/cmdline";

    private static readonly Lazy<OrtEnv> Started = new(Start);

    /// <summary>ONNX Runtime, started.</summary>
    public static OrtEnv Instance => Started.Value;

    /// <summary>Starts ONNX Runtime where that has not happened: for sessions that others make, as ML.NET's ApplyOnnxModel does.</summary>
    public static void EnsureStarted() => _ = Started.Value;

    private static OrtEnv Start()
    {
        OnnxTelemetry.BeforeStart();
        var length = OperatingSystem.IsLinux() && File.Exists(CommandLine) ? File.ReadAllBytes(CommandLine).Length : 0;
        OrtEnv? environment = null;
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    environment = OrtEnv.Instance();
                    OnnxTelemetry.AfterStart(environment);
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            },
            StackOfItsOwn + (StackPerByte * length)
        );
        thread.Start();
        thread.Join();
        return environment ?? throw failure!;
    }
}
