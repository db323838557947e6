namespace MLNetPerson.Onnx.Graphs;

/// <summary>Renames tensors inside a graph, so that names of its author's choice do not meet names of ours.</summary>
internal static class GraphNames
{
    private const string Prefix = "backbone.";

    /// <summary>Gives a tensor another name wherever it is made, read or described.</summary>
    public static void Rename(OnnxGraph graph, IReadOnlyDictionary<string, string> names)
    {
        string Name(string old) => names.GetValueOrDefault(old, old);
        foreach (var node in graph.Nodes)
        {
            for (var i = 0; i < node.Output.Count; i++)
            {
                node.Output[i] = Name(node.Output[i]);
            }

            node.RenameReads(Name);
        }

        foreach (var description in graph.Model.Graph.Input.Concat(graph.Model.Graph.Output).Concat(graph.Model.Graph.ValueInfo))
        {
            description.Name = Name(description.Name);
        }

        graph.RenameInitializers(Name);
    }

    /// <summary>Renames the tensors that <paramref name="isTaken"/> says others will need the names of.</summary>
    /// <returns>New names by old ones.</returns>
    public static IReadOnlyDictionary<string, string> Vacate(OnnxGraph graph, Func<string, bool> isTaken)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var old in All(graph).Where(isTaken))
        {
            var wish = $"{Prefix}{old.Replace('/', '.')}";
            var name = graph.FreshName(wish);
            for (var number = 2; names.ContainsValue(name); number++)
            {
                name = graph.FreshName($"{wish}_{number}");
            }

            names[old] = name;
        }

        if (names.Count > 0)
        {
            Rename(graph, names);
        }

        return names;
    }

    /// <summary>
    /// Renames tensors whose name begins with another tensor's name and a slash: that is how passes name what they add to a tensor
    /// ("x/scale", "x/int8").
    /// </summary>
    /// <returns>New names by old ones.</returns>
    public static IReadOnlyDictionary<string, string> VacateBelowOthers(OnnxGraph graph)
    {
        var all = All(graph).ToHashSet(StringComparer.Ordinal);
        return Vacate(graph, name => Ends(name).Any(end => all.Contains(name[..end])));

        static IEnumerable<int> Ends(string name) => Enumerable.Range(1, Math.Max(0, name.Length - 1)).Where(i => name[i] == '/');
    }

    private static IEnumerable<string> All(OnnxGraph graph) =>
        graph
            .Model.Graph.Input.Select(input => input.Name)
            .Concat(graph.Initializers.Select(tensor => tensor.Name))
            .Concat(graph.Nodes.SelectMany(node => node.Output).Where(output => output.Length > 0))
            .Distinct(StringComparer.Ordinal)
            .ToList();
}
