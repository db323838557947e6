using Google.Protobuf;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using static MLNetPerson.Onnx.Graphs.Proto.AttributeProto.Types;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Tests.Onnx;

/// <summary>Small valid models as other exporters write them: one net, each time with one peculiarity.</summary>
internal static class StrangersModels
{
    public const int Side = 32;
    public const int Channels = 12;

    /// <summary>What the peculiarity is, and the model. Input "input" float [N, 3, H, W] unless the model says otherwise; "last" is the
    /// tap, float [N, 12, h, w].</summary>
    public static readonly IReadOnlyDictionary<string, Func<ModelProto>> Valid = new Dictionary<string, Func<ModelProto>>
    {
        ["nothing"] = () => Net().Model,
        ["an input named image"] = () => Net("image").Model,
        ["an input named features"] = () => Net("features").Model,
        ["an input named probability"] = () => Net("probability").Model,
        ["an input named logit"] = () => Net("logit").Model,
        ["an input named bias"] = () => Net("bias").Model,
        ["an input named activation_map"] = () => Net("activation_map").Model,
        ["an input named head/weights"] = () => Net("head/weights").Model,
        ["inner tensors of our names"] = () =>
            Net(names: ["image", "image/scaled", "features", "features/joined", "logit", "probability", "head/bias", "image/float"]).Model,
        ["inner tensors of names that passes give"] = () =>
            Net(names: ["c1", "c1/int8", "c1/real", "c1/scale", "c1/zero", "c1/weights/int8", "c1/bias", "c1/mean"]).Model,
        ["nodes of our names"] = () =>
            Names(
                Net(),
                node =>
                    node.Output[0] switch
                    {
                        "first" => "image/scaled/Mul",
                        "second" => "probability/Sigmoid",
                        var output => $"{output}/int8/QuantizeLinear",
                    }
            ),
        ["a tap named features"] = () => Net(last: "features").Model,
        ["a tap named logit"] = () => Net(last: "logit").Model,
        ["a tap named image"] = () => Net(last: "image").Model,
        ["a tap with the input's name"] = () => Net("deep").Model,
        ["constants of our names"] = () =>
            Net(change: b => b.Node("Mul", "scaled", ["before", b.Constant(OnnxTensor.Of("head/weights", [1.5f], 1))])).Model,
        ["sizes computed from shapes"] = () => Net(change: ReshapeByShape).Model,
        ["sizes that are added and compared"] = () => Net(change: SizesAddedUp).Model,
        ["an index that is gathered"] = () => Net(change: GatherChannels).Model,
        ["a branch that reads outer tensors"] = () => Net(change: b => If(b, condition: true)).Model,
        ["the other branch"] = () => Net(change: b => If(b, condition: false)).Model,
        ["branches in branches"] = () => Net(change: NestedIf).Model,
        ["a loop that reads outer tensors"] = () => Net(change: Loop).Model,
        ["a scan that reads outer tensors"] = () => Net(change: Scan).Model,
        ["a branch inside that has a name of ours"] = () => Net(change: b => If(b, condition: true, inner: "logit")).Model,
        ["constants as nodes"] = () => ConstantsAsNodes(Net()),
        ["constant nodes of every attribute"] = () => Net(change: EveryConstant).Model,
        ["half-precision weights behind casts"] = () => CastWeights(Net(), DataType.Float16),
        ["double weights behind casts"] = () => CastWeights(Net(), DataType.Double),
        ["brain-float weights behind casts"] = () => CastWeights(Net(), DataType.Bfloat16),
        ["a middle in half precision"] = () => Net(change: b => Middle(b, DataType.Float16)).Model,
        ["a middle in double precision"] = () => Net(change: b => Middle(b, DataType.Double)).Model,
        ["a constant stored twice alike"] = StoredTwice,
        ["constants that serve several nodes"] = () => Net(change: SharedConstants).Model,
        ["initializers that are inputs too"] = () => InitializersAsInputs(8),
        ["initializers that are inputs too, IR version 3"] = () => InitializersAsInputs(3),
        ["weights in fields of floats"] = () => FloatFields(Net()),
        ["sparse weights"] = () => Sparse(Net(), linear: true),
        ["sparse weights by coordinates"] = () => Sparse(Net(), linear: false),
        ["empty optional inputs"] = () => Net(change: EmptyOptionals).Model,
        ["empty optional inputs at the end"] = TrailingEmpty,
        ["a local function"] = LocalFunction,
        ["a node of com.microsoft"] = Microsoft,
        ["the default domain spelled out"] = DomainSpelledOut,
        ["nodes in another order"] = Shuffled,
        ["nodes without a name"] = () => Names(Net(), _ => ""),
        ["nodes of one name"] = () => Names(Net(), _ => "node"),
        ["outputs that are inputs or constants"] = ForwardedOutputs,
        ["a second output that nobody needs"] = SecondOutput,
        ["a maximum with indices"] = () => Net(change: MaxWithIndices).Model,
        ["a sequence in between"] = () => Net(change: Sequence).Model,
        ["an optional in between"] = () => Net(change: Optional).Model,
        ["a tensor of size zero"] = () => Net(change: ZeroSize).Model,
        ["a reshaped constant"] = () => Net(change: ReshapedConstant).Model,
        ["integers out of float constants"] = () => Net(change: IntegersOfConstants).Model,
        ["convolutions in one dimension"] = () => Net(change: OneDimension).Model,
        ["products of matrices"] = () => Net(change: MatrixProducts).Model,
        ["a product with one bias for all"] = () => Net(change: b => GemmWithBias(b, OnnxTensor.Scalar("c", 0.25f))).Model,
        ["a product with a row of biases"] = () =>
            Net(change: b => GemmWithBias(b, OnnxTensor.Of("c", Noise(Channels), 1, Channels))).Model,
        ["weights that a node computes"] = () => Net(change: ComputedWeights).Model,
        ["batch norm"] = () => Net(change: BatchNorm, opset: 15).Model,
        ["opset 21"] = () => Opset(Net(), 21),
        ["opset 22"] = () => Opset(Net(), 22),
        ["an infinite bound"] = () =>
            Net(change: b =>
                b.Node(
                    "Clip",
                    "bounded",
                    [
                        "before",
                        b.Constant(OnnxTensor.Scalar("low", float.NegativeInfinity)),
                        b.Constant(OnnxTensor.Scalar("high", float.PositiveInfinity)),
                    ]
                )
            ).Model,
        ["no convolution behind the first"] = () => Net(change: b => b.Node("HardSwish", "swish", ["before"]), opset: 14).Model,
    };

    /// <summary>What ONNX Runtime is to run for a model that it does not load as it is, though it says the same.</summary>
    public static readonly IReadOnlyDictionary<string, Func<ModelProto>> Plain = new Dictionary<string, Func<ModelProto>>
    {
        ["nodes of one name"] = () => Net().Model, // "two nodes with same node name"
        ["the default domain spelled out"] = () => Net(change: b => If(b, condition: true)).Model, // "No opset import for domain 'ai.onnx'"
    };

    /// <summary>3 → 8 channels and half the size, then 12 channels, then what the case changes ("before" → its result), then the
    /// tap.</summary>
    public static OnnxGraph Net(
        string input = "input",
        string last = "last",
        Func<GraphBuilder, string>? change = null,
        string[]? names = null,
        int opset = OnnxGraph.OldestOpset
    )
    {
        var b = new GraphBuilder("strange");
        b.Graph.Model.OpsetImport[0].Version = opset;
        string Name(int i, string otherwise) => names?[i] ?? otherwise;
        b.Input(input, DataType.Float, -1, 3, -1, -1);
        b.Graph.Model.Graph.Input[0].Type.TensorType.Shape.Dim[2].DimParam = "H";
        b.Graph.Model.Graph.Input[0].Type.TensorType.Shape.Dim[3].DimParam = "W";
        var first = Conv(b, Name(0, "first"), input, 8, 3, 3, 2);
        var bent = b.Node("Relu", Name(1, "first.bent"), [first]);
        var second = Conv(b, Name(2, "second"), bent, Channels, 8, 3, 2);
        var scaled = b.Node(
            "Mul",
            Name(3, "second.scaled"),
            [second, b.Constant(OnnxTensor.Of(Name(4, "second.scale"), Noise(Channels, 1.5), 1, Channels, 1, 1))]
        );
        var bent2 = b.Node("Relu", Name(5, "second.bent"), [scaled]);
        var third = Conv(b, Name(6, "third"), bent2, Channels, Channels, 1, 1);
        var before = b.Node("Relu", change is null ? Name(7, "third.bent") : "before", [third]);
        var changed = change is null ? before : change(b);
        b.Node("Identity", last, [changed]);
        b.Output(last, DataType.Float, -1, Channels, -1, -1);
        return b.Graph;
    }

    public static float[] Noise(int count, double scale = 1)
    {
        var random = new Random(count * 31);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.4) * scale))];
    }

    private static string Conv(GraphBuilder b, string name, string input, int filters, int channels, int side, int stride) =>
        b.Node(
            "Conv",
            name,
            [
                input,
                b.Constant(OnnxTensor.Of($"{name}.w", Noise(filters * channels * side * side, 2.0 / side), filters, channels, side, side)),
                b.Constant(OnnxTensor.Of($"{name}.b", Noise(filters, 0.3), filters)),
            ],
            OnnxNode.Attribute("kernel_shape", side, side),
            OnnxNode.Attribute("strides", stride, stride),
            OnnxNode.Attribute("pads", side / 2, side / 2, side / 2, side / 2)
        );

    private static string Numbers(GraphBuilder b, string name, params long[] values) =>
        b.Constant(OnnxTensor.Of(name, values, values.Length));

    private static string ReshapeByShape(GraphBuilder b)
    {
        b.Node("Shape", "sh", ["before"]);
        b.Node("Slice", "nc", ["sh", Numbers(b, "s0", 0), Numbers(b, "s2", 2), "s0"]);
        b.Node("Slice", "hw", ["sh", "s2", Numbers(b, "s4", 4), "s0"]);
        b.Node("Concat", "full", ["nc", "hw"], OnnxNode.Attribute("axis", 0L));
        return b.Node("Reshape", "view", ["before", "full"]);
    }

    private static string SizesAddedUp(GraphBuilder b)
    {
        b.Node("Shape", "sh", ["before"]);
        b.Node("Add", "more", ["sh", Numbers(b, "one", 1)]);
        b.Node("Add", "twice", ["sh", "more"]);
        b.Node("Sub", "less", ["twice", "more"]);
        b.Node("Identity", "same", ["less"]);
        b.Node("Reshape", "flatter", ["same", Numbers(b, "four", 4)]);
        b.Node("Transpose", "turned", ["flatter"], OnnxNode.Attribute("perm", [0L]));
        b.Node("Cast", "floats", ["turned"], OnnxNode.Attribute("to", (long)DataType.Float));
        b.Node("ReduceMin", "least", ["floats"], OnnxNode.Attribute("keepdims", 0L));
        b.Node("Mul", "none", ["least", b.Constant(OnnxTensor.Scalar("nought", 0))]);
        b.Node("Add", "with", ["before", "none"]);
        return b.Node("Reshape", "view", ["with", "turned"]);
    }

    private static string GatherChannels(GraphBuilder b) =>
        b.Node(
            "Gather",
            "mixed",
            ["before", Numbers(b, "order", [.. Enumerable.Range(0, Channels).Select(i => (long)(Channels - 1 - i))])],
            OnnxNode.Attribute("axis", 1L)
        );

    private static AttributeProto Branch(string name, IEnumerable<NodeProto> nodes, string output) =>
        new()
        {
            Name = name,
            Type = AttributeType.Graph,
            G = new GraphProto
            {
                Name = name,
                Node = { nodes },
                Output = { GraphBuilder.Describe(output, DataType.Float, [-1, Channels, -1, -1]) },
            },
        };

    private static string If(GraphBuilder b, bool condition, string inner = "t")
    {
        b.Constant(OnnxTensor.Of("three", [3f], 1));
        b.Node("Mul", "extra", ["three", b.Constant(OnnxTensor.Of("half", [0.5f], 1))]);
        b.Node("Sigmoid", "gate", ["before"]);
        b.Constant(Bool("cond", condition));
        return b.Node(
            "If",
            "after",
            ["cond"],
            Branch("then_branch", [OnnxNode.Create("Add", ["before", "extra"], [inner])], inner),
            Branch("else_branch", [OnnxNode.Create("Mul", ["before", "gate"], ["e"])], "e")
        );
    }

    private static string NestedIf(GraphBuilder b)
    {
        b.Node("Neg", "negative", ["before"]);
        b.Constant(Bool("cond", true));
        var inside = OnnxNode.Create(
            "If",
            ["cond"],
            ["inner"],
            Branch("then_branch", [OnnxNode.Create("Sub", ["before", "negative"], ["a"])], "a"),
            Branch("else_branch", [OnnxNode.Create("Identity", ["before"], ["c"])], "c")
        );
        return b.Node(
            "If",
            "after",
            ["cond"],
            Branch("then_branch", [inside], "inner"),
            Branch("else_branch", [OnnxNode.Create("Identity", ["negative"], ["d"])], "d")
        );
    }

    private static string Loop(GraphBuilder b)
    {
        b.Node("Mul", "step", ["before", b.Constant(OnnxTensor.Of("tenth", [0.1f], 1))]);
        b.Constant(OnnxTensor.Of("trips", [3L], []));
        b.Constant(Bool("go", true));
        var body = new GraphProto { Name = "body" };
        body.Input.Add(GraphBuilder.Describe("i", DataType.Int64, []));
        body.Input.Add(GraphBuilder.Describe("c_in", DataType.Bool, []));
        body.Input.Add(GraphBuilder.Describe("x_in", DataType.Float, [-1, Channels, -1, -1]));
        body.Node.Add(OnnxNode.Create("Identity", ["c_in"], ["c_out"]));
        body.Node.Add(OnnxNode.Create("Add", ["x_in", "step"], ["x_out"]));
        body.Output.Add(GraphBuilder.Describe("c_out", DataType.Bool, []));
        body.Output.Add(GraphBuilder.Describe("x_out", DataType.Float, [-1, Channels, -1, -1]));
        return b.Node(
            "Loop",
            "looped",
            ["trips", "go", "before"],
            new AttributeProto
            {
                Name = "body",
                Type = AttributeType.Graph,
                G = body,
            }
        );
    }

    private static string Scan(GraphBuilder b)
    {
        b.Node("GlobalAveragePool", "mean", ["before"]);
        b.Node("Squeeze", "row", ["mean", Numbers(b, "places", 2, 3)]);
        b.Node("ReduceMean", "center", ["row"], OnnxNode.Attribute("axes", [0L]), OnnxNode.Attribute("keepdims", 0L));
        b.Node("Mul", "start", ["center", b.Constant(OnnxTensor.Scalar("nought", 0))]);
        b.Node("Unsqueeze", "steps", ["center", Numbers(b, "axis0", 0)]);
        var body = new GraphProto { Name = "body" };
        body.Input.Add(GraphBuilder.Describe("sum_in", DataType.Float, [Channels]));
        body.Input.Add(GraphBuilder.Describe("one", DataType.Float, [Channels]));
        body.Node.Add(OnnxNode.Create("Add", ["sum_in", "one"], ["more"]));
        body.Node.Add(OnnxNode.Create("Sub", ["more", "start"], ["sum_out"]));
        body.Output.Add(GraphBuilder.Describe("sum_out", DataType.Float, [Channels]));
        b.Node(
            "Scan",
            "scanned",
            ["start", "steps"],
            new AttributeProto
            {
                Name = "body",
                Type = AttributeType.Graph,
                G = body,
            },
            OnnxNode.Attribute("num_scan_inputs", 1L)
        );
        b.Node("Reshape", "planes", ["scanned", Numbers(b, "as", 1, Channels, 1, 1)]);
        b.Node("Mul", "nothing", ["planes", b.Constant(OnnxTensor.Scalar("nil", 0))]); // batches must not mix
        return b.Node("Add", "after", ["before", "nothing"]);
    }

    private static TensorProto Bool(string name, bool value) =>
        new()
        {
            Name = name,
            DataType = (int)DataType.Bool,
            RawData = ByteString.CopyFrom(value ? (byte)1 : (byte)0),
        };

    private static ModelProto ConstantsAsNodes(OnnxGraph graph)
    {
        var model = graph.Model;
        foreach (var tensor in model.Graph.Initializer.Reverse().ToList())
        {
            var node = OnnxNode.Create("Constant", [], [tensor.Name]);
            node.Attribute.Add(
                new AttributeProto
                {
                    Name = "value",
                    Type = AttributeType.Tensor,
                    T = tensor,
                }
            );
            model.Graph.Node.Insert(0, node);
        }

        model.Graph.Initializer.Clear();
        return model;
    }

    private static string EveryConstant(GraphBuilder b)
    {
        b.Node("Constant", "a", [], OnnxNode.Attribute("value_float", 0.5f));
        var floats = new AttributeProto { Name = "value_floats", Type = AttributeType.Floats };
        floats.Floats.Add(Noise(Channels));
        b.Node("Constant", "c", [], floats);
        b.Node("Constant", "d", [], OnnxNode.Attribute("value_ints", 1, Channels, 1, 1));
        b.Node("Constant", "e", [], OnnxNode.Attribute("value_int", 0L));
        b.Node("Reshape", "perChannel", ["c", "d"]);
        b.Node("Mul", "m", ["before", "a"]);
        b.Node("Add", "n", ["m", "perChannel"]);
        b.Node("Cast", "zero", ["e"], OnnxNode.Attribute("to", (long)DataType.Float));
        return b.Node("Max", "o", ["n", "zero"]);
    }

    private static ModelProto CastWeights(OnnxGraph graph, DataType type)
    {
        foreach (var tensor in graph.Initializers.Where(tensor => tensor.Name.EndsWith(".w", StringComparison.Ordinal)).ToList())
        {
            var values = tensor.Floats();
            var stored = new TensorProto { Name = tensor.Name, DataType = (int)type };
            stored.Dims.AddRange(tensor.Dims);
            if (type == DataType.Float16)
            {
                // As some exporters do: bits in a field of integers.
                stored.Int32Data.AddRange(values.Select(value => (int)BitConverter.HalfToUInt16Bits((Half)value)));
            }
            else if (type == DataType.Double)
            {
                stored.DoubleData.AddRange(values.Select(value => (double)value));
            }
            else
            {
                stored.RawData = ByteString.CopyFrom([
                    .. values.SelectMany(value => BitConverter.GetBytes((ushort)(BitConverter.SingleToInt32Bits(value) >> 16))),
                ]);
            }

            graph.Rewire(tensor.Name, $"{tensor.Name}.real");
            graph.SetInitializer(stored);
            graph.Nodes.Insert(
                0,
                OnnxNode.Create("Cast", [tensor.Name], [$"{tensor.Name}.real"], OnnxNode.Attribute("to", (long)DataType.Float))
            );
        }

        return graph.Model;
    }

    private static string Middle(GraphBuilder b, DataType type)
    {
        b.Node("Cast", "in", ["before"], OnnxNode.Attribute("to", (long)type));
        var values = Noise(Channels * Channels);
        var weights = new TensorProto { Name = "own.w", DataType = (int)type };
        weights.Dims.AddRange([Channels, Channels, 1, 1]);
        if (type == DataType.Float16)
        {
            weights = OnnxTensor.Of("own.w", [.. values.Select(value => (Half)value)], Channels, Channels, 1, 1);
        }
        else
        {
            weights.DoubleData.AddRange(values.Select(value => (double)value));
        }

        if (type == DataType.Float16)
        {
            b.Node("Conv", "own", ["in", b.Constant(weights)], OnnxNode.Attribute("kernel_shape", 1, 1));
        }
        else
        {
            b.Node("ReduceMean", "own.mean", ["in"], OnnxNode.Attribute("axes", 2, 3));
            b.Node("Squeeze", "own.row", ["own.mean", Numbers(b, "own.places", 2, 3)]);
            b.Node("Flatten", "own.flat", [b.Constant(weights)], OnnxNode.Attribute("axis", 1L));
            b.Node("MatMul", "own.product", ["own.row", "own.flat"]);
            b.Node("Unsqueeze", "own", ["own.product", "own.places"]);
        }

        b.Node("Relu", "own.bent", ["own"]);
        b.Node("Add", "own.sum", ["own.bent", "in"]);
        return b.Node("Cast", "out", ["own.sum"], OnnxNode.Attribute("to", (long)DataType.Float));
    }

    private static ModelProto StoredTwice()
    {
        var model = Net().Model;
        model.Graph.Initializer.Add(model.Graph.Initializer[0].Clone());
        return model;
    }

    private static string SharedConstants(GraphBuilder b)
    {
        b.Constant(OnnxTensor.Of("shared", Noise(Channels * Channels), Channels, Channels, 1, 1));
        b.Constant(OnnxTensor.Of("shared.b", Noise(Channels), Channels));
        b.Node("Conv", "one", ["before", "shared", "shared.b"], OnnxNode.Attribute("kernel_shape", 1, 1));
        b.Node("Mul", "one.scaled", ["one", b.Constant(OnnxTensor.Of("two", [2f], 1))]);
        b.Node("Conv", "other", ["one.scaled", "shared", "shared.b"], OnnxNode.Attribute("kernel_shape", 1, 1));
        return b.Node("Add", "both", ["one.scaled", "other"]);
    }

    private static ModelProto InitializersAsInputs(long ir)
    {
        var model = Net().Model;
        model.IrVersion = ir;
        foreach (var tensor in model.Graph.Initializer)
        {
            model.Graph.Input.Add(GraphBuilder.Describe(tensor.Name, (DataType)tensor.DataType, [.. tensor.Dims]));
        }

        return model;
    }

    private static ModelProto FloatFields(OnnxGraph graph)
    {
        foreach (var tensor in graph.Model.Graph.Initializer)
        {
            tensor.FloatData.AddRange(tensor.Floats());
            tensor.RawData = ByteString.Empty;
        }

        return graph.Model;
    }

    private static ModelProto Sparse(OnnxGraph graph, bool linear)
    {
        var model = graph.Model;
        var dense = model.Graph.Initializer.First(tensor => tensor.Name == "third.w");
        var values = dense.Floats();
        int[] kept = [.. Enumerable.Range(0, values.Length).Where(i => i % 3 == 0)];
        long[] indices = linear
            ? [.. kept.Select(i => (long)i)]
            : [.. kept.SelectMany(i => new long[] { i / Channels, i % Channels, 0, 0 })];
        var sparse = new SparseTensorProto
        {
            Values = OnnxTensor.Of("third.w", [.. kept.Select(i => values[i])], kept.Length),
            Indices = linear ? OnnxTensor.Of("", indices, kept.Length) : OnnxTensor.Of("", indices, kept.Length, 4),
        };
        sparse.Dims.AddRange(dense.Dims);
        model.Graph.Initializer.Remove(dense);
        model.Graph.SparseInitializer.Add(sparse);
        return model;
    }

    private static string EmptyOptionals(GraphBuilder b)
    {
        b.Node("Clip", "clipped", ["before", "", b.Constant(OnnxTensor.Scalar("top", 2))]);
        return b.Node(
            "Resize",
            "larger",
            ["clipped", "", b.Constant(OnnxTensor.Of("scales", [1f, 1, 2, 2], 4))],
            OnnxNode.Attribute("mode", "nearest")
        );
    }

    private static ModelProto TrailingEmpty()
    {
        var model = Net(change: b =>
        {
            b.Constant(OnnxTensor.Of("w", Noise(Channels * Channels), Channels, Channels, 1, 1));
            b.Node("Conv", "open", ["before", "w", ""], OnnxNode.Attribute("kernel_shape", 1, 1));
            return b.Node("Clip", "bounded", ["open", b.Constant(OnnxTensor.Scalar("low", 0)), ""]);
        }).Model;
        model.Graph.Node.First(node => node.OpType == "Relu").Name = "first";
        return model;
    }

    private static ModelProto LocalFunction()
    {
        var model = Net(change: b =>
        {
            var call = b.Node("Swish", "swished", ["before"]);
            b.Graph.Nodes[^1].Domain = "own.functions";
            return call;
        }).Model;
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "own.functions", Version = 1 });

        // FunctionProto: input = 4, output = 5, node = 7, opset_import = 9; the fields that this project has no use for.
        var function = new FunctionProto { Name = "Swish", Domain = "own.functions" };
        using var bytes = new MemoryStream();
        var writer = new CodedOutputStream(bytes, leaveOpen: true);
        void Text(int field, string text)
        {
            writer.WriteTag(field, WireFormat.WireType.LengthDelimited);
            writer.WriteString(text);
        }

        void Message(int field, IMessage message)
        {
            writer.WriteTag(field, WireFormat.WireType.LengthDelimited);
            writer.WriteMessage(message);
        }

        Text(4, "before");
        Text(5, "out");
        Message(7, OnnxNode.Create("Sigmoid", ["before"], ["gate"]));
        Message(7, OnnxNode.Create("Mul", ["before", "gate"], ["out"]));
        Message(9, new OperatorSetIdProto { Domain = "", Version = OnnxGraph.OldestOpset });
        writer.Flush();
        model.Functions.Add(FunctionProto.Parser.ParseFrom([.. function.ToByteArray(), .. bytes.ToArray()]));
        return model;
    }

    private static ModelProto Microsoft()
    {
        var model = Net(change: b =>
        {
            var result = b.Node("QuickGelu", "quick", ["before"], OnnxNode.Attribute("alpha", 1.5f));
            b.Graph.Nodes[^1].Domain = "com.microsoft";
            return result;
        }).Model;
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        return model;
    }

    private static ModelProto DomainSpelledOut()
    {
        var model = Net(change: b => If(b, condition: true)).Model;
        model.OpsetImport[0].Domain = "ai.onnx";
        foreach (var node in model.Graph.Node.Concat(model.Graph.Node.SelectMany(Subgraphs.Of).SelectMany(graph => graph.Node)))
        {
            node.Domain = "ai.onnx";
        }

        return model;
    }

    private static ModelProto Shuffled()
    {
        var model = Net(change: ReshapeByShape).Model;
        var nodes = model.Graph.Node.Reverse().ToList();
        model.Graph.Node.Clear();
        model.Graph.Node.AddRange(nodes);
        return model;
    }

    private static ModelProto Names(OnnxGraph graph, Func<NodeProto, string> name)
    {
        foreach (var node in graph.Nodes)
        {
            node.Name = name(node);
        }

        return graph.Model;
    }

    private static ModelProto ForwardedOutputs()
    {
        var model = Net().Model;
        model.Graph.Output.Insert(0, GraphBuilder.Describe("first.b", DataType.Float, [8]));
        model.Graph.Output.Add(model.Graph.Input[0].Clone());
        return model;
    }

    private static ModelProto SecondOutput()
    {
        var model = Net(change: b =>
        {
            b.Node("Relu", "unneeded", ["second"]);
            return "before";
        }).Model;
        model.Graph.Output.Add(GraphBuilder.Describe("unneeded", DataType.Float, [-1, Channels, -1, -1]));
        return model;
    }

    private static string MaxWithIndices(GraphBuilder b)
    {
        b.Graph.Nodes.Add(
            OnnxNode.Create(
                "MaxPool",
                ["before"],
                ["pooled", "where"],
                OnnxNode.Attribute("kernel_shape", 2, 2),
                OnnxNode.Attribute("strides", 2, 2)
            )
        );
        b.Node("Cast", "at", ["where"], OnnxNode.Attribute("to", (long)DataType.Float));
        b.Node("Mul", "little", ["at", b.Constant(OnnxTensor.Scalar("tiny", 1e-4f))]);
        return b.Node("Add", "marked", ["pooled", "little"]);
    }

    private static string Sequence(GraphBuilder b)
    {
        b.Node("SplitToSequence", "parts", ["before"], OnnxNode.Attribute("axis", 1L));
        return b.Node("ConcatFromSequence", "again", ["parts"], OnnxNode.Attribute("axis", 1L));
    }

    private static string Optional(GraphBuilder b)
    {
        b.Graph.Model.OpsetImport[0].Version = 15;
        b.Node("Optional", "maybe", ["before"]);
        return b.Node("OptionalGetElement", "surely", ["maybe"]);
    }

    private static string ZeroSize(GraphBuilder b)
    {
        b.Node("Slice", "none", ["before", Numbers(b, "from", 0), Numbers(b, "to", 0), Numbers(b, "along", 1)]);
        b.Node("Relu", "still.none", ["none"]);
        return b.Node("Concat", "all", ["still.none", "before"], OnnxNode.Attribute("axis", 1L));
    }

    private static string ReshapedConstant(GraphBuilder b)
    {
        b.Node("Reshape", "shift", [b.Constant(OnnxTensor.Of("flat", Noise(Channels), Channels)), Numbers(b, "as", 1, Channels, 1, 1)]);
        b.Node("Add", "shifted", ["before", "shift"]);
        return b.Node("Relu", "shifted.bent", ["shifted"]);
    }

    private static string IntegersOfConstants(GraphBuilder b)
    {
        b.Constant(OnnxTensor.Of("table", Noise(Channels), 1, Channels, 1, 1));
        b.Node("Shape", "table.shape", ["table"]);
        b.Node("Greater", "table.positive", ["table", b.Constant(OnnxTensor.Scalar("nought", 0))]);
        b.Node("Where", "chosen", ["table.positive", "before", b.Constant(OnnxTensor.Scalar("other", 0.5f))]);
        b.Node("Expand", "spread", ["table", "table.shape"]);
        return b.Node("Add", "after", ["chosen", "spread"]);
    }

    private static string OneDimension(GraphBuilder b)
    {
        b.Node("GlobalAveragePool", "mean", ["before"]);
        b.Node("Reshape", "line", ["mean", Numbers(b, "as.line", 0, Channels, 1)]);
        b.Node(
            "Conv",
            "line.one",
            [
                "line",
                b.Constant(OnnxTensor.Of("l1.w", Noise(Channels * Channels), Channels, Channels, 1)),
                b.Constant(OnnxTensor.Of("l1.b", Noise(Channels), Channels)),
            ],
            OnnxNode.Attribute("kernel_shape", [1L])
        );
        b.Node("Mul", "line.scaled", ["line.one", b.Constant(OnnxTensor.Of("l.scale", Noise(Channels), 1, Channels, 1))]);
        b.Node("Relu", "line.bent", ["line.scaled"]);
        b.Node(
            "Conv",
            "line.two",
            [
                "line.bent",
                b.Constant(OnnxTensor.Of("l2.w", Noise(Channels * Channels), Channels, Channels, 1)),
                b.Constant(OnnxTensor.Of("l2.b", Noise(Channels), Channels)),
            ],
            OnnxNode.Attribute("kernel_shape", [1L])
        );
        b.Node("Reshape", "weights", ["line.two", Numbers(b, "as.weights", 0, Channels, 1, 1)]);
        return b.Node("Mul", "weighted", ["before", "weights"]);
    }

    private static string MatrixProducts(GraphBuilder b)
    {
        b.Node("Transpose", "rows", ["before"], OnnxNode.Attribute("perm", 0, 2, 3, 1));
        b.Node("MatMul", "mixed", ["rows", b.Constant(OnnxTensor.Of("mix", Noise(Channels * Channels), Channels, Channels))]);
        b.Node("Softmax", "soft", ["mixed"], OnnxNode.Attribute("axis", -1L));
        return b.Node("Transpose", "back", ["soft"], OnnxNode.Attribute("perm", 0, 3, 1, 2));
    }

    private static string GemmWithBias(GraphBuilder b, TensorProto bias)
    {
        b.Node("GlobalAveragePool", "mean", ["before"]);
        b.Node("Flatten", "flat", ["mean"], OnnxNode.Attribute("axis", 1L));
        b.Node(
            "Gemm",
            "product",
            ["flat", b.Constant(OnnxTensor.Of("g", Noise(Channels * Channels), Channels, Channels)), b.Constant(bias)]
        );
        b.Node("Relu", "product.bent", ["product"]);
        b.Node("Reshape", "weights", ["product.bent", Numbers(b, "as", 0, Channels, 1, 1)]);
        return b.Node("Add", "after", ["before", "weights"]);
    }

    private static string ComputedWeights(GraphBuilder b)
    {
        b.Node("Shape", "sh", ["before"]);
        b.Node("Gather", "count", ["sh", Numbers(b, "one", 1)]);
        b.Node("Cast", "real", ["count"], OnnxNode.Attribute("to", (long)DataType.Float));
        b.Node("Div", "computed", [b.Constant(OnnxTensor.Of("w", Noise(Channels * Channels), Channels, Channels, 1, 1)), "real"]);
        b.Node("Conv", "by", ["before", "computed"], OnnxNode.Attribute("kernel_shape", 1, 1));
        b.Node("GlobalAveragePool", "by.mean", ["by"]);
        return b.Node("Add", "after", ["before", "by.mean"]);
    }

    private static string BatchNorm(GraphBuilder b)
    {
        string Statistic(string name, float least) =>
            b.Constant(OnnxTensor.Of(name, [.. Noise(Channels).Select(value => Math.Abs(value) + least)], Channels));
        Conv(b, "normed", "before", Channels, Channels, 1, 1);
        return b.Node(
            "BatchNormalization",
            "norm",
            ["normed", Statistic("gamma", 0.5f), Statistic("beta", 0), Statistic("mu", 0), Statistic("sigma", 0.2f)],
            OnnxNode.Attribute("training_mode", 0L)
        );
    }

    private static ModelProto Opset(OnnxGraph graph, long version)
    {
        graph.Model.OpsetImport[0].Version = version;
        graph.Model.IrVersion = 10;
        return graph.Model;
    }
}
