namespace MLNetPerson.Onnx.Passes;

/// <summary>One rewriting.</summary>
/// <param name="Node">The node that was changed or went away.</param>
/// <param name="What">What was done to it, for a reader.</param>
internal readonly record struct GraphChange(string Node, string What);
