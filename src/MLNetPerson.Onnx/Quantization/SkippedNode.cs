namespace MLNetPerson.Onnx.Quantization;

/// <summary>A node that stayed in float.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Operation">Its ONNX operation.</param>
/// <param name="Reason">Why.</param>
public sealed record SkippedNode(string Node, string Operation, SkipReason Reason);
