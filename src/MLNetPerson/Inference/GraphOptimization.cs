namespace MLNetPerson.Inference;

/// <summary>How much ONNX Runtime may rewrite a graph when it loads it.</summary>
public enum GraphOptimization
{
    /// <summary>Nothing: every tensor of the file exists at run time.</summary>
    None,

    /// <summary>Everything it knows: the default.</summary>
    All,
}
