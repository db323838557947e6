using System.Collections.Immutable;
using Google.Protobuf;
using MLNetPerson.Onnx.Graphs.Proto;

namespace MLNetPerson.Onnx.Graphs;

/// <summary>An ONNX graph in memory, with the look-ups and edits that passes need. Not thread-safe.</summary>
internal sealed class OnnxGraph
{
    /// <summary>The oldest default-domain opset that is read: from 13 on, QuantizeLinear takes an axis.</summary>
    public const int OldestOpset = 13;

    private readonly Dictionary<string, TensorProto> _initializers;

    private OnnxGraph(ModelProto model)
    {
        Model = model;
        _initializers = model.Graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    public ModelProto Model { get; }

    public IList<NodeProto> Nodes => Model.Graph.Node;

    public IReadOnlyCollection<TensorProto> Initializers => _initializers.Values;

    public IReadOnlyList<string> InputNames =>
        [.. Model.Graph.Input.Select(input => input.Name).Where(name => !_initializers.ContainsKey(name))];

    public IReadOnlyList<string> OutputNames => [.. Model.Graph.Output.Select(output => output.Name)];

    /// <summary>The default domain's operator set; 0 where the model names none.</summary>
    public long Opset => Model.OpsetImport.FirstOrDefault(import => import.Domain is "" or "ai.onnx")?.Version ?? 0;

    /// <summary>Tensors that are known to hold something else than 32-bit floats: see <see cref="TensorKinds"/>.</summary>
    public IReadOnlySet<string> NotFloat { get; set; } = ImmutableHashSet<string>.Empty;

    /// <summary>Reads a model, brings it into the form that every pass relies on (<see cref="GraphIntake"/>) and checks the rest.</summary>
    /// <exception cref="OnnxGraphException">Not an ONNX model, an opset that is too old, weights outside the file, or tensors that nobody
    /// makes.</exception>
    public static OnnxGraph Parse(byte[] bytes, string name)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new OnnxGraphException($"'{name}' is not an ONNX model: {exception.Message}", exception);
        }

        if (model.Graph is null || model.Graph.Node.Count == 0)
        {
            throw new OnnxGraphException($"'{name}' is not an ONNX model, or one without a node.");
        }

        GraphIntake.Admit(model, name);
        var graph = new OnnxGraph(model);
        graph.Sort(name);
        return graph;
    }

    public static OnnxGraph Own(ModelProto model) => new(model);

    public OnnxGraph Clone() => new(Model.Clone()) { NotFloat = NotFloat };

    /// <summary>The file's bytes: the same graph gives the same bytes.</summary>
    /// <remarks>ONNX Runtime refuses two nodes of one name, and a name of the file's author may be that of a node added here.</remarks>
    public byte[] ToBytes()
    {
        GraphIntake.NameNodes(Model.Graph);
        return Model.ToByteArray();
    }

    public TensorProto? Initializer(string name) => _initializers.GetValueOrDefault(name);

    public bool IsConstant(string name) => _initializers.ContainsKey(name);

    public bool IsOutput(string name) => Model.Graph.Output.Any(output => output.Name == name);

    public NodeProto? Producer(string tensor) => Nodes.FirstOrDefault(node => node.Output.Contains(tensor));

    public IReadOnlyList<NodeProto> Consumers(string tensor) => [.. Nodes.Where(node => node.Reads(tensor))];

    /// <summary>The only consumer of a tensor that leaves the graph nowhere else, or null.</summary>
    public NodeProto? OnlyConsumer(string tensor) => !IsOutput(tensor) && Consumers(tensor) is [var only] ? only : null;

    /// <summary>Adds a constant, or replaces the one of the same name.</summary>
    public string SetInitializer(TensorProto tensor)
    {
        if (_initializers.TryGetValue(tensor.Name, out var old))
        {
            Model.Graph.Initializer[Model.Graph.Initializer.IndexOf(old)] = tensor;
        }
        else
        {
            Model.Graph.Initializer.Add(tensor);
        }

        _initializers[tensor.Name] = tensor;
        return tensor.Name;
    }

    /// <summary>Renames constants; their readers are not touched.</summary>
    public void RenameInitializers(Func<string, string> name)
    {
        _initializers.Clear();
        foreach (var tensor in Model.Graph.Initializer)
        {
            tensor.Name = name(tensor.Name);
            _initializers.Add(tensor.Name, tensor);
        }
    }

    /// <summary>Lets every consumer of <paramref name="tensor"/> read <paramref name="replacement"/>.</summary>
    public void Rewire(string tensor, string replacement)
    {
        foreach (var node in Nodes)
        {
            node.RenameReads(read => read == tensor ? replacement : read);
        }
    }

    /// <summary>A name like <paramref name="wish"/> that no tensor or node has yet.</summary>
    public string FreshName(string wish)
    {
        var taken = new HashSet<string>(_initializers.Keys, StringComparer.Ordinal);
        taken.UnionWith(Model.Graph.Input.Select(input => input.Name));
        foreach (var node in Nodes)
        {
            taken.UnionWith(node.Output);
            taken.Add(node.Name);
            taken.UnionWith(Subgraphs.NamesInside(node));
        }

        var name = wish;
        for (var number = 2; taken.Contains(name); number++)
        {
            name = $"{wish}_{number}";
        }

        return name;
    }

    /// <summary>Removes nodes, constants and descriptions that no output depends on. Returns the names of the nodes removed.</summary>
    public ImmutableArray<string> RemoveUnused()
    {
        var needed = new HashSet<string>(OutputNames, StringComparer.Ordinal);
        for (var i = Nodes.Count - 1; i >= 0; i--)
        {
            if (Nodes[i].Output.Any(needed.Contains))
            {
                needed.UnionWith(Nodes[i].Reads());
            }
        }

        var removed = Nodes.Where(node => !node.Output.Any(needed.Contains)).ToList();
        foreach (var node in removed)
        {
            Nodes.Remove(node);
        }

        foreach (var tensor in _initializers.Values.Where(tensor => !needed.Contains(tensor.Name)).ToList())
        {
            Model.Graph.Initializer.Remove(tensor);
            _initializers.Remove(tensor.Name);
        }

        var known = new HashSet<string>(Nodes.SelectMany(node => node.Output), StringComparer.Ordinal);
        foreach (var description in Model.Graph.ValueInfo.Where(info => !known.Contains(info.Name)).ToList())
        {
            Model.Graph.ValueInfo.Remove(description);
        }

        return [.. removed.Select(node => node.Name)];
    }

    /// <summary>Puts the nodes into an order in which each comes after those it reads from; keeps the present order where it can.</summary>
    /// <exception cref="OnnxGraphException">A tensor that nobody makes, two makers of one tensor, or a cycle.</exception>
    public void Sort(string name = "graph")
    {
        var made = new HashSet<string>(_initializers.Keys, StringComparer.Ordinal) { "" };
        made.UnionWith(Model.Graph.Input.Select(input => input.Name));
        var all = Nodes.SelectMany(node => node.Output).Where(output => output.Length > 0).ToList();
        if (all.GroupBy(output => output, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new OnnxGraphException($"'{name}': tensor '{twice.Key}' is made by {twice.Count()} nodes.");
        }

        var waiting = Nodes.Select(node => (Node: node, Reads: node.Reads().ToHashSet(StringComparer.Ordinal))).ToList();
        var sorted = new List<NodeProto>(waiting.Count);
        while (waiting.Count > 0)
        {
            // One sweep in the present order usually sorts everything.
            var later = new List<(NodeProto Node, HashSet<string> Reads)>();
            foreach (var entry in waiting)
            {
                if (entry.Reads.IsSubsetOf(made))
                {
                    sorted.Add(entry.Node);
                    made.UnionWith(entry.Node.Output);
                }
                else
                {
                    later.Add(entry);
                }
            }

            if (later.Count == waiting.Count)
            {
                var (stuck, reads) = waiting[0];
                throw new OnnxGraphException(
                    $"'{name}': node '{stuck.Name}' ({stuck.OpType}) reads '{reads.First(read => !made.Contains(read))}', which no "
                        + $"node makes before it."
                );
            }

            waiting = later;
        }

        if (OutputNames.FirstOrDefault(output => !made.Contains(output)) is { } missing)
        {
            throw new OnnxGraphException($"'{name}': output '{missing}' is made by no node.");
        }

        Nodes.Clear();
        Model.Graph.Node.AddRange(sorted);
    }
}
