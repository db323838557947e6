namespace MLNetPerson.Onnx.Quantization;

/// <summary>Why a node stayed in float.</summary>
public enum SkipReason
{
    /// <summary>Integers do not know the operation.</summary>
    UnknownOperation,

    /// <summary>The recovery ladder kept it, for accuracy's sake.</summary>
    KeptForAccuracy,

    /// <summary>Its weights are no constants, so they cannot be quantized beforehand.</summary>
    WeightsNotConstant,

    /// <summary>It calculates on other numbers than 32-bit floats, for example on 16-bit ones.</summary>
    NotFloat,
}
