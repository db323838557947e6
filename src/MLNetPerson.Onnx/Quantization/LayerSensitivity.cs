namespace MLNetPerson.Onnx.Quantization;

/// <summary>What a layer alone does to the answer when it becomes integers.</summary>
/// <param name="Node">Its name.</param>
/// <param name="LogitError">Root mean square over pictures, in units of the logit.</param>
public sealed record LayerSensitivity(string Node, double LogitError);
