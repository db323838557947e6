namespace MLNetPerson.Onnx.Quantization;

/// <summary>A node as ONNX Runtime runs it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Operation">Its operation, after fusion.</param>
/// <param name="Input">Element type of what it reads: "uint8", "float", …</param>
/// <param name="Output">Element type of what it gives.</param>
/// <param name="Weights">Element type of its weights, or "".</param>
public sealed record LayerInfo(string Name, string Operation, string Input, string Output, string Weights)
{
    /// <summary>Whether it calculates on integers, be its result a float (a logit) or not.</summary>
    public bool IsInteger => Input != "float" && Weights != "float" && Operation is not ("DequantizeLinear" or "Cast") && !IsBookkeeping;

    /// <summary>Whether it works on sizes, indices or truth values: no number of a picture.</summary>
    internal bool IsBookkeeping => Operation is "Shape" or "Size" || Input is "int64" or "bool";
}
