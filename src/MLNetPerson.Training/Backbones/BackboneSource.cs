using System.Collections.Immutable;

namespace MLNetPerson.Training.Backbones;

/// <summary>The npm package that carries a backbone's weights as a TensorFlow.js graph model.</summary>
/// <param name="Package">Name and version, as <c>name@version</c>.</param>
/// <param name="Folder">Where in the package the model lies.</param>
/// <param name="InputTensor">The tensor at which preprocessing ends: it becomes the backbone's input.</param>
/// <param name="Files">The model's files; each must have the hash given here.</param>
public sealed record BackboneSource(string Package, string Folder, string InputTensor, ImmutableArray<BackboneFile> Files);
