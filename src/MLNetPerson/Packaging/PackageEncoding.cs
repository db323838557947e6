using System.Text.Json.Nodes;

namespace MLNetPerson.Packaging;

/// <summary>One model file of a package.</summary>
/// <param name="Name">"float32", "int8", …</param>
/// <param name="File">The ONNX file, below the package's folder.</param>
/// <param name="Tolerance">How far a correct implementation may be from <see cref="PackageGolden.Probabilities"/> on the golden
/// pictures.</param>
/// <param name="Report">What was measured of it, for a reader; null for the float model.</param>
public sealed record PackageEncoding(string Name, string File, double Tolerance, JsonObject? Report = null)
{
    /// <summary>The name of the encoding that every package has.</summary>
    public const string Float32 = "float32";

    /// <summary>Integers from the pixels to the logit: unsigned bytes for activations, signed bytes for weights.</summary>
    public const string Int8 = "int8";

    /// <summary>The same with 7-bit weights, whose products no processor's 8-bit multiply saturates.</summary>
    public const string Int8Portable = "int8-portable";

    /// <summary>The float model with its weights stored in 16 bits.</summary>
    public const string Fp16 = "fp16";

    /// <summary>The float model with its filters stored in 8 bits.</summary>
    public const string Weights8 = "weights8";

    /// <summary>Whether x86 processors without VNNI must add up its integers the exact, slower way: not where weights have 7 bits.</summary>
    internal bool NeedsExactIntegers => Name != Int8Portable;
}
