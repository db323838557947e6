using System.Runtime.InteropServices;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Tuning.Networks;

/// <summary>Constants of any numeric type as floats.</summary>
internal static class Constants
{
    /// <summary>Row-major values.</summary>
    /// <exception cref="TuningException">A type that networks do not compute with.</exception>
    public static float[] Floats(TensorProto tensor) =>
        (DataType)tensor.DataType switch
        {
            DataType.Float => tensor.Floats(),
            DataType.Int64 or DataType.Int32 => [.. tensor.Integers().Select(value => (float)value)],
            DataType.Int8 => tensor.RawData.IsEmpty
                ? [.. tensor.Int32Data.Select(value => (float)value)]
                : [.. MemoryMarshal.Cast<byte, sbyte>(tensor.RawData.Span).ToArray().Select(value => (float)value)],
            DataType.Uint8 => tensor.RawData.IsEmpty
                ? [.. tensor.Int32Data.Select(value => (float)value)]
                : [.. tensor.RawData.ToByteArray().Select(value => (float)value)],
            DataType.Double => tensor.RawData.IsEmpty
                ? [.. tensor.DoubleData.Select(value => (float)value)]
                : [.. MemoryMarshal.Cast<byte, double>(tensor.RawData.Span).ToArray().Select(value => (float)value)],
            var other => throw new TuningException(
                $"Constant '{tensor.Name}' is of type {other}; float, double and integers can be trained with."
            ),
        };
}
