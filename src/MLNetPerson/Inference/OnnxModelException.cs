namespace MLNetPerson.Inference;

/// <summary>A model cannot be loaded or run. The message names the model and what ONNX Runtime says.</summary>
/// <param name="message">What happened, and what to do.</param>
/// <param name="inner">ONNX Runtime's own error, if it was one.</param>
public sealed class OnnxModelException(string message, Exception? inner = null) : Exception(message, inner);
