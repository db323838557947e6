using System.Collections.Immutable;

namespace MLNetPerson.Training.Backbones;

/// <summary>One node of a TensorFlow.js graph model, with the attributes that convolution networks use.</summary>
/// <param name="Name">The node's name, which is also its output's.</param>
/// <param name="Op">TensorFlow's operation.</param>
/// <param name="Inputs">Names of the nodes that it reads.</param>
/// <param name="Strides">[1, y, x, 1] where it has them, else empty.</param>
/// <param name="Dilations">[1, y, x, 1] where it has them, else empty.</param>
/// <param name="Padding">"SAME" or "VALID" where it has one, else empty.</param>
/// <param name="DataFormat">"NHWC" where it says so, else empty.</param>
/// <param name="Epsilon">Of a batch normalisation.</param>
internal sealed record TfjsNode(
    string Name,
    string Op,
    ImmutableArray<string> Inputs,
    ImmutableArray<int> Strides,
    ImmutableArray<int> Dilations,
    string Padding,
    string DataFormat,
    float Epsilon
);
