using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Proto;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Backbones;

/// <summary>A user's own ONNX file, described by a card beside it.</summary>
internal sealed class OnnxFileBackbone(BackboneCard card, string path) : Backbone(card)
{
    internal override Task<OnnxGraph> BuildAsync(int width, int height, IReadOnlyList<TapCard> taps, CancellationToken cancellation)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BackboneException($"Backbone '{path}' cannot be read: {exception.Message}", exception);
        }

        var graph = OnnxGraph.Parse(bytes, path);
        OpenInput(graph, width, height);
        var outputs = graph.Model.Graph.Output;
        outputs.Clear();
        foreach (var tap in taps)
        {
            if (graph.Producer(tap.Tensor) is null)
            {
                throw new BackboneException($"Backbone '{path}' has no tensor '{tap.Tensor}', which the card's tap '{tap.Name}' names.");
            }

            if (tap.Select is not null)
            {
                throw new BackboneException(
                    $"Backbone '{path}': tap '{tap.Name}' selects channels, which is only done while importing. Name a tensor that has the "
                        + $"wanted channels."
                );
            }

            if (tap.Name != tap.Tensor)
            {
                if (graph.Producer(tap.Name) is not null || graph.IsConstant(tap.Name))
                {
                    throw new BackboneException(
                        $"Backbone '{path}': tap '{tap.Name}' has the name of another tensor in the file. Give the tap another name."
                    );
                }

                graph.Nodes.Add(OnnxNode.Create("Identity", [tap.Tensor], [tap.Name]));
            }

            outputs.Add(
                new ValueInfoProto
                {
                    Name = tap.Name,
                    Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float } },
                }
            );
        }

        graph.RemoveUnused();
        return Task.FromResult(graph);
    }

    private void OpenInput(OnnxGraph graph, int width, int height)
    {
        var described =
            graph.Model.Graph.Input.FirstOrDefault(input => input.Name == Card.Input.Tensor)
            ?? throw new BackboneException(
                $"Backbone '{path}' has no input '{Card.Input.Tensor}', which its card names. Its inputs: "
                    + $"{string.Join(", ", graph.InputNames)}."
            );
        if (graph.InputNames.Count != 1)
        {
            throw new BackboneException(
                $"Backbone '{path}' has {graph.InputNames.Count} inputs ({string.Join(", ", graph.InputNames)}); one is fed."
            );
        }

        var shape = described.Type?.TensorType?.Shape;
        if (described.Type?.TensorType?.ElemType != (int)DataType.Float || shape is null || shape.Dim.Count != 4)
        {
            throw new BackboneException($"Backbone '{path}': input '{described.Name}' is not a float tensor of four dimensions.");
        }

        long[] wanted = Card.Input.Layout == "nchw" ? [-1, 3, height, width] : [-1, height, width, 3];
        for (var i = 1; i < 4; i++)
        {
            if (
                shape.Dim[i].ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue
                && shape.Dim[i].DimValue > 0
                && shape.Dim[i].DimValue != wanted[i]
            )
            {
                throw new BackboneException(
                    $"Backbone '{path}': input '{described.Name}' is fixed to ["
                        + $"{string.Join(", ", shape.Dim.Select(dimension => dimension.DimValue))}], "
                        + $"{width} x {height} pixels as {Card.Input.Layout} are wanted. Choose that size in the recipe, or export the "
                        + $"backbone with open sizes."
                );
            }
        }

        described.Type.TensorType.Shape = GraphBuilder.Describe(described.Name, DataType.Float, wanted).Type.TensorType.Shape;
    }
}
