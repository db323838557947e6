namespace MLNetPerson.Onnx.Quantization;

/// <summary>The integers that a quantized tensor may take.</summary>
/// <param name="Min">Smallest.</param>
/// <param name="Max">Largest.</param>
internal readonly record struct IntegerRange(int Min, int Max)
{
    /// <summary>Activations: unsigned bytes.</summary>
    public static IntegerRange Activations { get; } = new(0, 255);

    /// <summary>Weights: signed bytes, symmetric, so that zero is zero and no sign is favoured.</summary>
    public static IntegerRange Weights { get; } = new(-127, 127);

    /// <summary>
    /// Weights of seven bits, for processors that add two products of bytes in sixteen bits: 255 · 64 · 2 = 32640 fits,
    /// 255 · 127 · 2 = 64770 saturates (x86 before VNNI: the instruction VPMADDUBSW).
    /// </summary>
    public static IntegerRange PortableWeights { get; } = new(-64, 64);
}
