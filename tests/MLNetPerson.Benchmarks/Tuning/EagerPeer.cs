using System.Diagnostics;
using System.Globalization;
using System.Text;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;

namespace MLNetPerson.Benchmarks.Tuning;

/// <summary>
/// The same network and the same step for PyTorch, eager, as one Python script that is written out: layers by torch.nn, the graph's nodes
/// as lines of <c>forward</c>, AdamW, clipped gradients and averaged weights by torch's own functions. PyTorch is no dependency: the script
/// runs where a Python with torch is named.
/// </summary>
internal static class EagerPeer
{
    /// <summary>
    /// The script. Arguments: batch, side, threads, frozen layers, warm steps, steps, layout (channels_last or contiguous). It prints the
    /// numbers that are trained, and the medians of a step's seconds and of its processor's seconds.
    /// </summary>
    public static string Script(OnnxGraph graph)
    {
        var (make, run) = (new StringBuilder(), new StringBuilder());
        var names = new Dictionary<string, string>(StringComparer.Ordinal) { [graph.InputNames[0]] = "x" };
        var depth = -1;
        foreach (var (index, node) in graph.Nodes.Where(node => node.OpType != "Constant").Index())
        {
            string In(int input) => names[node.Input[input]];
            string Ints(string name, string otherwise) => node.Ints(name) is { } values ? $"({string.Join(", ", values)},)" : otherwise;
            float[]? Floats(int input) => graph.Initializer(node.Input[input])?.Floats();
            string Constant(int input)
            {
                var tensor = graph.Initializer(node.Input[input]);
                if (tensor is null)
                {
                    return In(input);
                }

                var kind = depth >= 0 && tensor.Count() > 1 ? "nn.Parameter" : "self.fixed";
                Make($"self.k{index}_{input} = {kind}(torch.tensor({Text(tensor.Floats())}).reshape({Shape(tensor)}))");
                return $"self.k{index}_{input}";
            }

            void Make(FormattableString line) =>
                make.Append(CultureInfo.InvariantCulture, $"        {line.ToString(CultureInfo.InvariantCulture)}\n");
            var pads = node.Ints("pads") ?? [0, 0, 0, 0];
            var even = pads[0] == pads[2] && pads[1] == pads[3];
            string Padded(string value) => even ? In(0) : $"F.pad({In(0)}, ({pads[1]}, {pads[3]}, {pads[0]}, {pads[2]}), value={value})";
            var padding = even ? $"({pads[0]}, {pads[1]})" : "0";
            string result;
            switch (node.OpType)
            {
                case "Conv":
                    depth++;
                    var weights = graph.Initializer(node.Input[1])!.Dims;
                    var groups = node.Int("group", 1);
                    var (strides, bias) = (Ints("strides", "1"), node.Input.Count > 2 ? "True" : "False");
                    var shape = $"{weights[1] * groups}, {weights[0]}, ({weights[2]}, {weights[3]})";
                    var how = $"stride={strides}, padding={padding}, groups={groups}, bias={bias}";
                    Make($"self.l{index} = self.layer({depth}, nn.Conv2d({shape}, {how}))");
                    result = $"self.l{index}({Padded("0")})";
                    break;
                case "Gemm":
                    depth++;
                    var matrix = graph.Initializer(node.Input[1])!.Dims;
                    var (from, to) = node.Int("transB", 0) == 0 ? (matrix[0], matrix[1]) : (matrix[1], matrix[0]);
                    Make($"self.l{index} = self.layer({depth}, nn.Linear({from}, {to}))");
                    result = $"self.l{index}({In(0)})";
                    break;
                case "Clip":
                    result = (Floats(1)?[0], Floats(2)?[0]) switch
                    {
                        (0, 6) => $"F.relu6({In(0)})",
                        (0, null) => $"F.relu({In(0)})",
                        var (low, high) => string.Create(CultureInfo.InvariantCulture, $"{In(0)}.clamp({low}, {high})"),
                    };
                    break;
                case "MaxPool":
                    result = $"F.max_pool2d({Padded("float('-inf')")}, {Ints("kernel_shape", "")}, {Ints("strides", "1")}, {padding})";
                    break;
                case "AveragePool":
                    var counts = node.Int("count_include_pad", 0) != 0 ? "True" : "False";
                    var window = $"{Ints("kernel_shape", "")}, {Ints("strides", "1")}, {padding}";
                    result = $"F.avg_pool2d({Padded("0")}, {window}, count_include_pad={counts})";
                    break;
                default:
                    result = node.OpType switch
                    {
                        "Transpose" => $"{In(0)}.permute{Ints("perm", "")}",
                        "Cast" => $"{In(0)}.float()",
                        "Relu" => $"F.relu({In(0)})",
                        "Add" => $"{Constant(0)} + {Constant(1)}",
                        "Sub" => $"{Constant(0)} - {Constant(1)}",
                        "Mul" => $"{Constant(0)} * {Constant(1)}",
                        "Div" => $"{Constant(0)} / {Constant(1)}",
                        "GlobalAveragePool" => $"{In(0)}.mean((2, 3), keepdim=True)",
                        "Flatten" => $"{In(0)}.flatten(1)",
                        "Concat" => $"torch.cat([{string.Join(", ", node.Input.Select(input => names[input]))}], {node.Int("axis", 1)})",
                        "Identity" => In(0),
                        var other => throw new InvalidOperationException($"Node '{node.Name}': {other} has no line for PyTorch yet."),
                    };
                    break;
            }

            names[node.Output[0]] = $"t{index}";
            run.Append(CultureInfo.InvariantCulture, $"        t{index} = {result}\n");
        }

        return $$"""
            import statistics, sys, time
            import torch, torch.nn as nn, torch.nn.functional as F

            batch, side, threads, frozen, warm, steps = map(int, sys.argv[1:7])
            layout = sys.argv[7]
            torch.set_num_threads(threads)
            torch.manual_seed(17)

            class Net(nn.Module):
                def layer(self, depth, module):
                    for parameter in module.parameters():
                        parameter.requires_grad_(depth >= frozen)
                    return module

                def fixed(self, tensor):
                    return nn.Parameter(tensor, requires_grad=False)

                def __init__(self):
                    super().__init__()
            {{make}}
                def forward(self, x):
            {{run}}        return {{names[graph.OutputNames[0]]}}

            net = Net().train()
            if layout == "channels_last":
                net = net.to(memory_format=torch.channels_last)
            trained = [p for p in net.parameters() if p.requires_grad]
            average = [p.detach().clone() for p in trained]
            optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01)
            pixels = torch.randint(0, 256, (batch, side, side, 3), dtype=torch.uint8)
            if layout == "contiguous":
                pixels = pixels.permute(0, 3, 1, 2).contiguous().permute(0, 2, 3, 1)
            targets = (torch.arange(batch) % 2).float()
            weights = torch.ones(batch)
            times, busy = [], []
            for step in range(warm + steps):
                started, worked = time.perf_counter(), time.process_time()
                optimizer.zero_grad()
                logits = net(pixels).reshape(-1)
                loss = F.binary_cross_entropy_with_logits(logits, targets, weights, reduction="sum") / weights.sum()
                loss.item()
                loss.backward()
                nn.utils.clip_grad_norm_(trained, 5.0)
                optimizer.step()
                with torch.no_grad():
                    for kept, parameter in zip(average, trained):
                        kept.mul_(0.998).add_(parameter, alpha=0.002)
                if step >= warm:
                    times.append(time.perf_counter() - started)
                    busy.append(time.process_time() - worked)
            print(sum(p.numel() for p in trained), statistics.median(times), statistics.median(busy))
            """;
    }

    /// <summary>Runs the script.</summary>
    /// <returns>Numbers that were trained, and the medians of a step's seconds and of its processor's seconds.</returns>
    public static (long Trained, double Seconds, double Busy) Run(string python, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(python, [script, .. arguments]) { RedirectStandardOutput = true };
        start.Environment["OMP_WAIT_POLICY"] = "passive"; // as ours: spinning threads lose to others on the machine
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && output.Trim().Split(' ') is [var trained, var seconds, var busy]
            ? (
                long.Parse(trained, CultureInfo.InvariantCulture),
                double.Parse(seconds, CultureInfo.InvariantCulture),
                double.Parse(busy, CultureInfo.InvariantCulture)
            )
            : throw new InvalidOperationException($"'{python} {script}' ended with exit code {process.ExitCode}: {output}");
    }

    private static string Text(float[] values) =>
        $"[{string.Join(", ", values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}]";

    private static string Shape(TensorProto tensor) => $"({string.Join(", ", tensor.Dims)}{(tensor.Dims.Count > 0 ? "," : "")})";
}
