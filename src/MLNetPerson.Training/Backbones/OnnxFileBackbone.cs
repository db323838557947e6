using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Backbones;

/// <summary>A user's own ONNX file, described by a card beside it.</summary>
internal sealed class OnnxFileBackbone(BackboneCard card, string path) : Backbone(card)
{
    private static readonly DataType[] FloatTypes = [DataType.Float, DataType.Float16, DataType.Double, DataType.Bfloat16];

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
        var names = Clear(graph);
        OpenInput(graph, names.GetValueOrDefault(Card.Input.Tensor, Card.Input.Tensor), width, height);
        var kinds = Kinds(graph);
        graph.Model.Graph.Output.Clear();
        foreach (var tap in taps)
        {
            AddTap(graph, tap, names.GetValueOrDefault(tap.Tensor, tap.Tensor), kinds);
        }

        graph.Sort(path);
        graph.RemoveUnused();
        CheckNumbers(graph);
        return Task.FromResult(graph);
    }

    /// <summary>Frees the names that the card's taps and input and our passes will need. Names in the file are its author's
    /// affair.</summary>
    /// <returns>New names by old ones.</returns>
    private Dictionary<string, string> Clear(OnnxGraph graph)
    {
        var own = Card.Taps.Where(tap => tap.Name != tap.Tensor).Select(tap => tap.Name).ToHashSet(StringComparer.Ordinal);
        var names = new Dictionary<string, string>(GraphNames.VacateBelowOthers(graph), StringComparer.Ordinal);
        foreach (var (old, name) in GraphNames.Vacate(graph, own.Contains))
        {
            names[old] = name;
        }

        return names;
    }

    private IReadOnlyDictionary<string, TensorKind> Kinds(OnnxGraph graph)
    {
        try
        {
            return TensorKinds.Of(graph, path);
        }
        catch (OnnxModelException exception)
        {
            throw new BackboneException($"Backbone '{path}' is no model that can be run: {exception.Message}", exception);
        }
    }

    private void AddTap(OnnxGraph graph, TapCard tap, string tensor, IReadOnlyDictionary<string, TensorKind> kinds)
    {
        if (!kinds.TryGetValue(tensor, out var kind))
        {
            throw new BackboneException(
                graph.IsConstant(tensor) || graph.InputNames.Contains(tensor)
                    ? $"Backbone '{path}': tensor '{tap.Tensor}', which the card's tap '{tap.Name}' names, is "
                        + $"{(graph.IsConstant(tensor) ? "a constant" : "the input")}. Name a tensor that a node makes."
                    : $"Backbone '{path}' has no tensor '{tap.Tensor}', which the card's tap '{tap.Name}' names."
            );
        }

        if (tap.Select is not null)
        {
            throw new BackboneException(
                $"Backbone '{path}': tap '{tap.Name}' selects channels, which is only done while importing. Name a tensor that has the "
                    + $"wanted channels."
            );
        }

        if (kind != TensorKind.Float && tensor == tap.Name)
        {
            tensor = graph.FreshName($"{tap.Name}.uncast");
            GraphNames.Rename(graph, new Dictionary<string, string> { [tap.Name] = tensor });
        }

        if (tensor != tap.Name)
        {
            // Features are 32-bit floats, whatever the network calculates with.
            graph.Nodes.Add(
                kind == TensorKind.Float
                    ? OnnxNode.Create("Identity", [tensor], [tap.Name])
                    : OnnxNode.Create("Cast", [tensor], [tap.Name], OnnxNode.Attribute("to", (long)DataType.Float))
            );
        }

        graph.Model.Graph.Output.Add(
            new ValueInfoProto
            {
                Name = tap.Name,
                Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float } },
            }
        );
    }

    /// <summary>A weight that is not a number makes every feature not a number, after all the work.</summary>
    private void CheckNumbers(OnnxGraph graph)
    {
        foreach (var tensor in graph.Initializers)
        {
            if (tensor.AsFloats() is { } values && values.Any(float.IsNaN) && graph.Consumers(tensor.Name) is [var node, ..])
            {
                throw new BackboneException(
                    $"Backbone '{path}': {values.Count(float.IsNaN)} of the {values.Length} values of constant '{tensor.Name}', which node "
                        + $"'{node.Name}' ({node.OpType}) reads, are not numbers (NaN), so its features would not be either. Export a "
                        + $"checkpoint whose training did not diverge."
                );
            }
        }
    }

    private void OpenInput(OnnxGraph graph, string tensor, int width, int height)
    {
        var described =
            graph.Model.Graph.Input.FirstOrDefault(input => input.Name == tensor)
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
        var type = (DataType)(described.Type?.TensorType?.ElemType ?? 0);
        if (described.Type is null || !FloatTypes.Contains(type) || shape is null || shape.Dim.Count != 4)
        {
            var what = type == DataType.Undefined ? "no tensor of a known type" : $"of type {type} with {shape?.Dim.Count ?? 0} dimensions";
            throw new BackboneException(
                $"Backbone '{path}': input '{Card.Input.Tensor}' is {what}; floats of four dimensions are fed."
            );
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
                    $"Backbone '{path}': input '{Card.Input.Tensor}' is fixed to ["
                        + $"{string.Join(", ", shape.Dim.Select(dimension => dimension.DimValue))}], "
                        + $"{width} x {height} pixels as {Card.Input.Layout} are wanted. Choose that size in the recipe, or export the "
                        + $"backbone with open sizes."
                );
            }
        }

        if (type != DataType.Float)
        {
            // Pixels are fed as 32-bit floats; the network goes on with its own.
            var own = graph.FreshName($"{described.Name}.cast");
            graph.Rewire(described.Name, own);
            graph.Nodes.Insert(0, OnnxNode.Create("Cast", [described.Name], [own], OnnxNode.Attribute("to", (long)type)));
            described.Type.TensorType.ElemType = (int)DataType.Float;
        }

        described.Type.TensorType.Shape = GraphBuilder.Describe(described.Name, DataType.Float, wanted).Type.TensorType.Shape;
    }
}
