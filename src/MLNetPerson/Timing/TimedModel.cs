using MLNetPerson.Packaging;

namespace MLNetPerson.Timing;

/// <summary>One model to time.</summary>
/// <param name="Package">An open package.</param>
/// <param name="Encoding">One of its encodings.</param>
public sealed record TimedModel(ModelPackage Package, string Encoding);
