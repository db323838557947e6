using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace MLNetPerson.Inference;

/// <summary>
/// ONNX Runtime's own telemetry, which this project switches off before ONNX Runtime starts. From version 1.29 on, ONNX Runtime writes a
/// device identifier and a queue of events below the user's cache folder on Linux and macOS and looks up a collector; on Windows it gives
/// events to the system's tracing.
/// </summary>
/// <remarks>
/// <para>Loading this assembly is enough: it sets <c>ORT_DISABLE_TELEMETRY=1</c> in the process's native environment, which ONNX Runtime
/// reads once, when it starts. A program that starts ONNX Runtime itself before it uses this assembly must set the variable on its
/// own.</para>
/// <para>To leave the telemetry on: the property <see cref="IsOn"/>, the AppContext switch <see cref="Switch"/> (in a project file:
/// <c>&lt;RuntimeHostConfigurationOption Include="MLNetPerson.OnnxRuntimeTelemetry" Value="true" /&gt;</c>), or the environment variable
/// <see cref="Variable"/> with the value 1. The switch wins over the variable. Pinned by TelemetryTests.</para>
/// </remarks>
public static partial class OnnxTelemetry
{
    /// <summary>The AppContext switch that leaves the telemetry on where it is true.</summary>
    public const string Switch = "MLNetPerson.OnnxRuntimeTelemetry";

    /// <summary>The environment variable that leaves the telemetry on where it is 1.</summary>
    public const string Variable = "MLNETPERSON_ONNXRUNTIME_TELEMETRY";

    /// <summary>The environment variable that ONNX Runtime itself reads, with the C library's getenv: 1 is off. Programs in other languages
    /// set it before they start.</summary>
    public const string OffVariable = "ORT_DISABLE_TELEMETRY";

    /// <summary>The value of <see cref="OffVariable"/> that switches the telemetry off.</summary>
    public const string Off = "1";

    private static readonly Lock Gate = new();

    /// <summary>What the process was started with: restored where the application wants the telemetry.</summary>
    private static readonly string? Inherited = Environment.GetEnvironmentVariable(OffVariable);

    private static string? _native = Inherited;
    private static bool _started;
    private static string? _problem;

    /// <summary>Whether the telemetry is left on. Default: false. Set it before the first model is loaded.</summary>
    /// <exception cref="InvalidOperationException">ONNX Runtime has started, with the other value.</exception>
    public static bool IsOn
    {
        get => AppContext.TryGetSwitch(Switch, out var on) ? on : Environment.GetEnvironmentVariable(Variable) == "1";
        set
        {
            lock (Gate)
            {
                if (_started && value != IsOn)
                {
                    throw new InvalidOperationException(
                        $"ONNX Runtime has started with its telemetry {(IsOn ? "on" : "off")}, and reads that once. Set "
                            + $"{nameof(OnnxTelemetry)}.{nameof(IsOn)} before the first model is loaded."
                    );
                }

                AppContext.SetSwitch(Switch, value);
                Apply();
            }
        }
    }

    /// <summary>Puts the choice into the environment. Runs when this assembly is loaded, because ML.NET and applications start sessions of
    /// their own.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Nothing of this library may run before the telemetry is off.")]
    internal static void Initialize()
    {
        lock (Gate)
        {
            Apply();
        }
    }

    /// <summary>To be called on the way to the first session, before ONNX Runtime starts.</summary>
    /// <exception cref="InvalidOperationException">The telemetry cannot be switched off on this system.</exception>
    internal static void BeforeStart()
    {
        lock (Gate)
        {
            Apply();
            if (_problem is not null)
            {
                throw new InvalidOperationException(_problem);
            }

            _started = true;
        }
    }

    /// <summary>To be called when ONNX Runtime has started: its programming interface switches off the part that has no variable.</summary>
    internal static void AfterStart(OrtEnv environment)
    {
        if (!IsOn)
        {
            environment.DisableTelemetryEvents();
        }
    }

    private static void Apply()
    {
        var wanted = IsOn ? Inherited : Off;
        _problem = null;
        if (wanted == _native)
        {
            return;
        }

        try
        {
            if (SetNative(wanted))
            {
                _native = wanted;
                return;
            }

            _problem = Problem($"error {Marshal.GetLastPInvokeError()}");
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            _problem = Problem(exception.Message);
        }
    }

    private static string Problem(string reason) =>
        $"{OffVariable} could not be set in this process's environment ({reason}), so ONNX Runtime would send telemetry. Start the program "
        + $"with {OffVariable}=1, or allow the telemetry with {Variable}=1.";

    /// <summary>On Unix .NET keeps a copy of the environment, which getenv does not see; on Windows there is one environment.</summary>
    private static bool SetNative(string? value)
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.SetEnvironmentVariable(OffVariable, value);
            return true;
        }

        return value is null ? UnsetEnv(OffVariable) == 0 : SetEnv(OffVariable, value, overwrite: 1) == 0;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int UnsetEnv(string name);
}
