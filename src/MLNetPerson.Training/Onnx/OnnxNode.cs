using Google.Protobuf;
using MLNetPerson.Training.Onnx.Proto;
using static MLNetPerson.Training.Onnx.Proto.AttributeProto.Types;

namespace MLNetPerson.Training.Onnx;

/// <summary>Making nodes and reading their attributes.</summary>
internal static class OnnxNode
{
    /// <summary>A node of the default domain, named after its first output.</summary>
    public static NodeProto Create(
        string op,
        IEnumerable<string> inputs,
        IEnumerable<string> outputs,
        params IEnumerable<AttributeProto> attributes
    )
    {
        var node = new NodeProto { OpType = op };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes);
        node.Name = $"{node.Output[0]}/{op}";
        return node;
    }

    public static AttributeProto Attribute(string name, long value) =>
        new()
        {
            Name = name,
            Type = AttributeType.Int,
            I = value,
        };

    public static AttributeProto Attribute(string name, float value) =>
        new()
        {
            Name = name,
            Type = AttributeType.Float,
            F = value,
        };

    public static AttributeProto Attribute(string name, string value) =>
        new()
        {
            Name = name,
            Type = AttributeType.String,
            S = ByteString.CopyFromUtf8(value),
        };

    public static AttributeProto Attribute(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        attribute.Ints.AddRange(values.ToArray());
        return attribute;
    }

    public static long Int(this NodeProto node, string name, long otherwise) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.I ?? otherwise;

    public static float Float(this NodeProto node, string name, float otherwise) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.F ?? otherwise;

    public static string Text(this NodeProto node, string name, string otherwise) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.S.ToStringUtf8() ?? otherwise;

    public static long[]? Ints(this NodeProto node, string name) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.Ints.ToArray();

    public static bool IsStandard(this NodeProto node, string op) =>
        node.OpType == op && node.Domain is "" or "ai.onnx" && node.OpType == op;
}
