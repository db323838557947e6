namespace MLNetPerson.Packaging;

/// <summary>The pretrained network inside a package's models.</summary>
/// <param name="Name">What recipes call it.</param>
/// <param name="Origin">Architecture, training data and publisher.</param>
/// <param name="Licence">SPDX expression of the weights' licence.</param>
/// <param name="Macs">Multiply-accumulates of the whole model for one picture.</param>
/// <param name="Parameters">Weights and biases of the whole model.</param>
public sealed record PackageBackbone(string Name, string Origin, string Licence, long Macs, long Parameters);
