namespace MLNetPerson.Inference;

/// <summary>The element types that this project's models take and give.</summary>
public enum TensorKind
{
    /// <summary>32-bit floating point.</summary>
    Float,

    /// <summary>Unsigned byte: pixels.</summary>
    UInt8,

    /// <summary>Anything else; such a tensor cannot be fed or read here.</summary>
    Other,
}
