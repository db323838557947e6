namespace MLNetPerson.Onnx.Graphs;

/// <summary>A file is not a graph that can be edited here. The message names the file, the node, and what was expected.</summary>
/// <param name="message">What happened, and what to do.</param>
/// <param name="inner">The error underneath, if any.</param>
public sealed class OnnxGraphException(string message, Exception? inner = null) : Exception(message, inner);
