namespace MLNetPerson.Onnx.Quantization.Ranges;

/// <summary>What calibration found out about a tensor.</summary>
/// <param name="Range">The range that gets integers.</param>
/// <param name="ChannelMeans">[channels] mean over pictures and positions, for bias correction.</param>
/// <param name="ChannelMax">[channels] largest value, for equalization.</param>
internal sealed record CalibratedTensor(TensorRange Range, double[] ChannelMeans, float[] ChannelMax);
