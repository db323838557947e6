using Google.Protobuf;
using MLNetPerson.Onnx.Graphs.Proto;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Onnx.Graphs;

/// <summary>
/// Brings a model as others write them into the one form that passes rely on: the same function, with all constants as dense
/// initializers inside the file, no initializer that is an input too, names for all nodes, and one spelling of the default domain. What
/// has no such form is refused by name and reason.
/// </summary>
internal static class GraphIntake
{
    /// <summary>From IR version 4 on, an initializer need not be listed among the inputs.</summary>
    private const long OldestIr = 4;

    private const int External = 1; // TensorProto.DataLocation

    /// <summary>Rewrites <paramref name="model"/> in place.</summary>
    /// <param name="model">As read.</param>
    /// <param name="name">The file's path, or what to call the model in an error: external data is looked for beside it.</param>
    /// <exception cref="OnnxGraphException">It has no such form; the message names the node or tensor, and what to do.</exception>
    public static void Admit(ModelProto model, string name)
    {
        CheckOpset(model, name);
        if (model.Functions.FirstOrDefault(function => function.Domain is "" or "ai.onnx") is { } function)
        {
            throw new OnnxGraphException(
                $"'{name}' defines its own operation '{function.Name}' in the default domain, where it stands for another. Inline the "
                    + $"model's functions (onnx.inliner.inline_local_functions) and save it again."
            );
        }

        foreach (var (tensor, node) in Subgraphs.Stored(model.Graph).Where(stored => stored.Tensor.DataLocation == External).ToList())
        {
            ReadExternal(tensor, node, name);
        }

        var graph = model.Graph;
        Tidy(graph);
        foreach (var sparse in graph.SparseInitializer)
        {
            graph.Initializer.Add(Dense(sparse, sparse.Values.Name, name));
        }

        graph.SparseInitializer.Clear();
        JoinDoubled(graph, name);
        ConstantsAsInitializers(graph, name);
        JoinDoubled(graph, name);

        var constants = graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var input in graph.Input.Where(input => constants.Contains(input.Name)).ToList())
        {
            graph.Input.Remove(input);
        }

        model.IrVersion = Math.Max(model.IrVersion, OldestIr);
        NameNodes(graph);
    }

    private static void CheckOpset(ModelProto model, string name)
    {
        var versions = model.OpsetImport.Where(import => import.Domain is "" or "ai.onnx").Select(import => import.Version).Distinct();
        if (versions.ToList() is not [var opset])
        {
            throw new OnnxGraphException(
                $"'{name}' names {(versions.Any() ? $"the opsets {string.Join(" and ", versions)}" : "no opset")} of ONNX's default "
                    + $"domain; exactly one, of at least {OnnxGraph.OldestOpset}, is needed. Export the model again."
            );
        }

        if (opset < OnnxGraph.OldestOpset)
        {
            throw new OnnxGraphException(
                $"'{name}' uses opset {opset}; at least {OnnxGraph.OldestOpset} is needed. Export it again with a newer opset."
            );
        }

        foreach (var import in model.OpsetImport.Where(import => import.Domain == "ai.onnx").ToList())
        {
            import.Domain = "";
        }

        while (model.OpsetImport.Count(import => import.Domain.Length == 0) > 1)
        {
            model.OpsetImport.Remove(model.OpsetImport.Last(import => import.Domain.Length == 0));
        }
    }

    /// <summary>One spelling of the default domain, and no empty optional inputs or outputs at the end, which say nothing.</summary>
    private static void Tidy(GraphProto graph)
    {
        foreach (var node in graph.Node)
        {
            node.Domain = node.Domain == "ai.onnx" ? "" : node.Domain;
            while (node.Input.Count > 0 && node.Input[^1].Length == 0)
            {
                node.Input.RemoveAt(node.Input.Count - 1);
            }

            while (node.Output.Count > 1 && node.Output[^1].Length == 0)
            {
                node.Output.RemoveAt(node.Output.Count - 1);
            }

            foreach (var inner in Subgraphs.Of(node))
            {
                Tidy(inner);
            }
        }
    }

    /// <summary>A constant that is stored twice under one name is one constant where both are alike.</summary>
    private static void JoinDoubled(GraphProto graph, string name)
    {
        var doubled = graph.Initializer.GroupBy(tensor => tensor.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).ToList();
        foreach (var group in doubled)
        {
            var first = group.First();
            if (group.Any(tensor => !tensor.Equals(first)))
            {
                throw new OnnxGraphException(
                    $"'{name}' stores {group.Count()} constants named '{group.Key}' that differ, so which one is meant is open. Give each "
                        + $"its own name."
                );
            }

            foreach (var again in group.Skip(1).ToList())
            {
                graph.Initializer.RemoveAt(graph.Initializer.ToList().FindLastIndex(tensor => ReferenceEquals(tensor, again)));
            }
        }
    }

    private static void ConstantsAsInitializers(GraphProto graph, string name)
    {
        var outputs = graph.Output.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in graph.Node.Where(node => node.IsStandard("Constant")).ToList())
        {
            if (node.Output.Count == 1 && !outputs.Contains(node.Output[0]) && Value(node, name) is { } tensor)
            {
                tensor.Name = node.Output[0];
                graph.Initializer.Add(tensor);
                graph.Node.Remove(node);
            }
        }
    }

    /// <summary>The value of a Constant node, or null where it is text.</summary>
    private static TensorProto? Value(NodeProto node, string name) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name.Length > 0) is not { } value
            ? throw new OnnxGraphException($"'{name}': node '{node.Name}' (Constant, of '{node.Output[0]}') has no value.")
            : value.Name switch
            {
                "value" => value.T?.Clone(),
                "sparse_value" => Dense(value.SparseTensor, node.Output[0], name),
                "value_float" => OnnxTensor.Scalar(node.Output[0], value.F),
                "value_floats" => OnnxTensor.Of(node.Output[0], value.Floats.ToArray(), value.Floats.Count),
                "value_int" => OnnxTensor.Of(node.Output[0], [value.I], []),
                "value_ints" => OnnxTensor.Of(node.Output[0], value.Ints.ToArray(), value.Ints.Count),
                _ => null,
            };

    /// <summary>A constant that stores only what is not zero, with its zeros.</summary>
    private static TensorProto Dense(SparseTensorProto sparse, string tensor, string name)
    {
        if (!sparse.Values.IsFloat())
        {
            throw new OnnxGraphException(
                $"'{name}': the sparse constant '{tensor}' is of type {(DataType)sparse.Values.DataType}; sparse constants of floats are "
                    + $"read. Store it densely."
            );
        }

        long[] shape = [.. sparse.Dims];
        var dense = new float[shape.Aggregate(1L, (product, dimension) => product * dimension)];
        var (values, indices) = (sparse.Values.Floats(), sparse.Indices.Integers());
        var perValue = sparse.Indices.Dims.Count == 2 ? shape.Length : 1;
        for (var i = 0; i < values.Length; i++)
        {
            var at = 0L;
            for (var axis = 0; axis < perValue; axis++)
            {
                at = (perValue == 1 ? 0 : at * shape[axis]) + indices[(i * perValue) + axis];
            }

            if (at < 0 || at >= dense.Length)
            {
                throw new OnnxGraphException($"'{name}': the sparse constant '{tensor}' has a value outside its shape, at {at}.");
            }

            dense[at] = values[i];
        }

        return OnnxTensor.Of(tensor, dense, shape);
    }

    /// <summary>Passes, reports and refusals call nodes by name: each gets one of its own.</summary>
    internal static void NameNodes(GraphProto graph)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in graph.Node)
        {
            var wish = node.Name.Length > 0 ? node.Name : $"{node.Output.FirstOrDefault(output => output.Length > 0)}/{node.OpType}";
            var name = wish;
            for (var number = 2; !taken.Add(name); number++)
            {
                name = $"{wish}_{number}";
            }

            node.Name = name;
        }
    }

    private static void ReadExternal(TensorProto tensor, NodeProto? node, string name)
    {
        string Entry(string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value ?? "";
        var location = Entry("location");
        var what = node is null ? $"constant '{tensor.Name}'" : $"the constant of node '{node.Name}' ({node.OpType})";
        OnnxGraphException Refusal(string reason, Exception? inner = null) =>
            new(
                $"'{name}' keeps {what} in another file, '{location}', {reason}. Put the file beside the model, or save it as one file.",
                inner
            );

        var folder = Path.GetDirectoryName(Path.GetFullPath(name))!;
        if (location.Length == 0 || Path.IsPathRooted(location) || location.Split('/', '\\').Contains(".."))
        {
            throw Refusal("which is not a place below the model's own folder");
        }

        try
        {
            using var file = File.OpenRead(Path.Combine(folder, location));
            var offset = Number("offset", 0);
            var length = Number("length", file.Length - offset);
            if (offset < 0 || length < 0 || offset > file.Length - length)
            {
                throw Refusal($"which has {file.Length} bytes where {offset} + {length} are asked for");
            }

            file.Seek(offset, SeekOrigin.Begin);
            var bytes = new byte[length];
            file.ReadExactly(bytes);
            tensor.RawData = ByteString.CopyFrom(bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refusal($"which cannot be read ({exception.Message.TrimEnd('.')})", exception);
        }

        tensor.ExternalData.Clear();
        tensor.DataLocation = 0;

        long Number(string key, long otherwise) =>
            Entry(key) is { Length: > 0 } text
                ? long.TryParse(text, out var number)
                    ? number
                    : throw Refusal($"at '{text}', which is no number")
                : otherwise;
    }
}
