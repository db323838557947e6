namespace MLNetPerson.Onnx.Quantization;

/// <summary>A model cannot be quantized. The message names node or tensor, says why, and what to do.</summary>
/// <param name="message">What happened and what to do.</param>
/// <param name="inner">The error underneath, if any.</param>
public sealed class QuantizationException(string message, Exception? inner = null) : Exception(message, inner);
