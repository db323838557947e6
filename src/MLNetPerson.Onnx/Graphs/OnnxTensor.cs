using System.Runtime.InteropServices;
using Google.Protobuf;
using MLNetPerson.Onnx.Graphs.Proto;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Onnx.Graphs;

/// <summary>Constants: from arrays to tensors and back. Raw data is little-endian, as the format says.</summary>
internal static class OnnxTensor
{
    public static TensorProto Of(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        Raw(name, DataType.Float, values, shape);

    public static TensorProto Of(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> shape) =>
        Raw(name, DataType.Int64, values, shape);

    public static TensorProto Of(string name, ReadOnlySpan<int> values, params ReadOnlySpan<long> shape) =>
        Raw(name, DataType.Int32, values, shape);

    public static TensorProto Of(string name, ReadOnlySpan<sbyte> values, params ReadOnlySpan<long> shape) =>
        Raw(name, DataType.Int8, values, shape);

    public static TensorProto Of(string name, ReadOnlySpan<byte> values, params ReadOnlySpan<long> shape) =>
        Raw(name, DataType.Uint8, values, shape);

    public static TensorProto Of(string name, ReadOnlySpan<Half> values, params ReadOnlySpan<long> shape) =>
        Raw(name, DataType.Float16, values, shape);

    public static TensorProto Scalar(string name, float value) => Raw(name, DataType.Float, [value], []);

    public static long Count(this TensorProto tensor) => tensor.Dims.Aggregate(1L, (product, dimension) => product * dimension);

    public static bool IsFloat(this TensorProto tensor) => tensor.DataType == (int)DataType.Float;

    /// <summary>A float constant's values, row-major.</summary>
    /// <exception cref="OnnxGraphException">It is not float32, or has another number of values than its shape says.</exception>
    public static float[] Floats(this TensorProto tensor)
    {
        if (!tensor.IsFloat())
        {
            throw new OnnxGraphException($"Constant '{tensor.Name}' is of type {(DataType)tensor.DataType}, float was expected.");
        }

        return Values<float>(tensor, tensor.FloatData);
    }

    /// <summary>A constant's values as 32-bit floats, row-major, or null for numbers that are no floats. Doubles are rounded.</summary>
    /// <exception cref="OnnxGraphException">It has another number of values than its shape says.</exception>
    public static float[]? AsFloats(this TensorProto tensor) =>
        (DataType)tensor.DataType switch
        {
            DataType.Float => tensor.Floats(),
            DataType.Double => [.. Values<double>(tensor, tensor.DoubleData).Select(value => (float)value)],
            DataType.Float16 =>
            [
                .. Values<ushort>(tensor, tensor.Int32Data.Select(bits => (ushort)bits))
                    .Select(bits => (float)BitConverter.UInt16BitsToHalf(bits)),
            ],
            DataType.Bfloat16 =>
            [
                .. Values<ushort>(tensor, tensor.Int32Data.Select(bits => (ushort)bits))
                    .Select(bits => BitConverter.Int32BitsToSingle(bits << 16)),
            ],
            _ => null,
        };

    /// <summary>An integer constant's values, row-major.</summary>
    /// <exception cref="OnnxGraphException">It is neither int64 nor int32, or has another number of values than its shape says.</exception>
    public static long[] Integers(this TensorProto tensor) =>
        (DataType)tensor.DataType switch
        {
            DataType.Int64 => Values<long>(tensor, tensor.Int64Data),
            DataType.Int32 => [.. Values<int>(tensor, tensor.Int32Data)],
            var other => throw new OnnxGraphException($"Constant '{tensor.Name}' is of type {other}, integers were expected."),
        };

    private static T[] Values<T>(TensorProto tensor, IEnumerable<T> listed)
        where T : unmanaged
    {
        var values = tensor.RawData.IsEmpty ? [.. listed] : MemoryMarshal.Cast<byte, T>(tensor.RawData.Span).ToArray();
        return values.Length == tensor.Count()
            ? values
            : throw new OnnxGraphException(
                $"Constant '{tensor.Name}' of shape [{string.Join(", ", tensor.Dims)}] has {values.Length} values."
            );
    }

    private static TensorProto Raw<T>(string name, DataType type, ReadOnlySpan<T> values, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var tensor = new TensorProto
        {
            Name = name,
            DataType = (int)type,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)),
        };
        tensor.Dims.AddRange(shape.ToArray());
        return tensor.Count() == values.Length
            ? tensor
            : throw new ArgumentException(
                $"{values.Length} values do not fill shape [{string.Join(", ", tensor.Dims)}] of '{name}'.",
                nameof(values)
            );
    }
}
