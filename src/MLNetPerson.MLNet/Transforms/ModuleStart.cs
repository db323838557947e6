using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using MLNetPerson.Inference;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>What happens before anything else of this assembly runs.</summary>
internal static class ModuleStart
{
    /// <summary>ML.NET's own ONNX step makes its own sessions: ONNX Runtime's telemetry is off before an application can make one through
    /// this assembly.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Nothing of this library may run before the telemetry is off.")]
    internal static void Initialize() => OnnxTelemetry.Initialize();
}
