using System.Diagnostics;
using MLNetPerson.Images;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Benchmarks.Boxes;

internal static class BoxesTrial
{
    private static ImageSpec _input = new(320, 320);

    public static void Run(string[] args)
    {
        if (args[0] == "gather") Gather(int.Parse(args[1]));
        else Fit(args[1..]);
    }

    private static void Gather(int every)
    {
        var network = DetectorNetworkBuilder.BuildAsync(BackboneCatalog.Open("mobilenetv2-coco-ssd"), _input).GetAwaiter().GetResult();
        foreach (var (name, data) in new[] { ("voc-dev", BenchmarkData.Photos().Only("dev")), ("pool-dev", BenchmarkData.Pool().Only("dev")), ("voc-train", BenchmarkData.Photos().Only("train")), ("pool-train", BenchmarkData.Pool().Only("train")) })
        {
            if (File.Exists($"/tmp/boxes/{name}.rows")) continue;
            var set = BoxedDataset.Of(data);
            var pictures = set.Pictures;
            if (name.EndsWith("train")) pictures = [.. pictures.Where((p, i) => p.Truth.Length > 0 ? i % every == 0 : i % (every * 4) == 0)];
            var watch = Stopwatch.StartNew();
            var rows = HeadRows.Gather(network, pictures, new ImageLimits(), []);
            using var file = new BinaryWriter(File.Create($"/tmp/boxes/{name}.tmp"));
            foreach (var picture in rows)
            {
                file.Write(picture!.Count);
                foreach (var row in picture)
                {
                    file.Write(row.Picture); file.Write(row.Level); file.Write(row.Shape); file.Write(row.Anchor); file.Write(row.Logit); file.Write(row.Overlap); file.Write(row.IsIgnored);
                    foreach (var v in row.Box) file.Write(v);
                    foreach (var v in row.Encoding) file.Write(v);
                    file.Write(row.Target is not null);
                    foreach (var v in row.Target ?? new float[4]) file.Write(v);
                    file.Write(row.Scores.Length);
                    file.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(row.Scores.AsSpan()));
                    file.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(row.Boxes.AsSpan()));
                }
            }
            file.Close();
            File.Move($"/tmp/boxes/{name}.tmp", $"/tmp/boxes/{name}.rows");
            File.WriteAllLines($"/tmp/boxes/{name}.names", pictures.Select(p => p.Sample.File));
            Console.WriteLine($"{name}: {pictures.Length} pictures, {rows.Sum(r => r!.Count)} rows, {watch.Elapsed.TotalSeconds:0} s");
        }
    }

    private static (List<HeadRow>[] Rows, BoxedPicture[] Pictures) Load(string name)
    {
        var data = name.StartsWith("voc") ? BenchmarkData.Photos() : BenchmarkData.Pool();
        var by = BoxedDataset.Of(data.Only(name.Split('-')[1])).Pictures.ToDictionary(p => p.Sample.File);
        var pictures = File.ReadAllLines($"/tmp/boxes/{name}.names").Select(f => by[f]).ToArray();
        using var file = new BinaryReader(new BufferedStream(File.OpenRead($"/tmp/boxes/{name}.rows"), 1 << 20));
        float[] Four() => [file.ReadSingle(), file.ReadSingle(), file.ReadSingle(), file.ReadSingle()];
        Half[] Halves(int n) { var v = new Half[n]; file.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(v.AsSpan())); return v; }
        var all = new List<HeadRow>[pictures.Length];
        for (var i = 0; i < pictures.Length; i++)
        {
            var n = file.ReadInt32();
            all[i] = [];
            for (var k = 0; k < n; k++)
            {
                int p = file.ReadInt32(), l = file.ReadInt32(), s = file.ReadInt32(), a = file.ReadInt32(); float logit = file.ReadSingle(), ov = file.ReadSingle(); var ig = file.ReadBoolean();
                var box = Four(); var enc = Four(); var has = file.ReadBoolean(); var t = Four(); var c = file.ReadInt32();
                all[i].Add(new HeadRow { Picture = p, Level = l, Shape = s, Anchor = a, Logit = logit, Overlap = ov, IsIgnored = ig, Box = box, Encoding = enc, Target = has ? t : null, Scores = Halves(c), Boxes = Halves(c) });
            }
        }
        return (all, pictures);
    }

    private static float[] F(Half[] h) { var f = new float[h.Length]; System.Numerics.Tensors.TensorPrimitives.ConvertToSingle(h, f); return f; }

    private static void Fit(string[] args)
    {
        var o = args.Select(a => a.Split('=')).ToDictionary(a => a[0], a => a[1]);
        double D(string k, double d) => o.TryGetValue(k, out var v) ? double.Parse(v, System.Globalization.CultureInfo.InvariantCulture) : d;
        var (l2, l2b, pos, neg, iters) = (D("l2", 0.01), D("l2b", 0.1), D("pos", 0.5), D("neg", 0.4), (int)D("it", 60));
        var network = DetectorNetworkBuilder.BuildAsync(BackboneCatalog.Open("mobilenetv2-coco-ssd"), _input).GetAwaiter().GetResult();
        var train = new[] { "voc-train", "pool-train" }.Where(n => File.Exists($"/tmp/boxes/{n}.rows")).Select(Load).ToArray();
        var watch = Stopwatch.StartNew();
        var filters = new Dictionary<(int, int), (float[] W, float B)>();
        var boxes = new Dictionary<(int, int, int), (float[] W, float B)>();
        var groups = train.SelectMany(t => t.Rows.SelectMany(r => r)).GroupBy(r => (r.Level, r.Shape)).OrderBy(g => g.Key).ToList();
        foreach (var group in groups)
        {
            var (level, shape) = group.Key;
            var conv = network.Body.Nodes.First(n => n.Name == network.Maps[level].ScoreConvolution);
            var w = MLNetPerson.Onnx.Graphs.OnnxTensor.Floats(network.Body.Initializer(conv.Input[1])!);
            var b = MLNetPerson.Onnx.Graphs.OnnxTensor.Floats(network.Body.Initializer(conv.Input[2])!);
            var c = w.Length / b.Length;
            var used = group.Where(r => !r.IsIgnored && (r.Overlap >= pos || r.Overlap < neg)).ToList();
            var fit = new AnchoredRegression([.. used.Select(r => F(r.Scores))], [.. used.Select(r => r.Overlap >= pos ? 1f : 0f)], [.. used.Select(_ => 1f)], w[(shape * c)..((shape + 1) * c)], b[shape], true);
            filters[group.Key] = fit.Fit(l2 * D("scale", 1000) / Math.Max(1, used.Count) , iters);
            if (o.ContainsKey("l2b"))
            {
                var bconv = network.Body.Nodes.First(n => n.Name == network.Maps[level].BoxConvolution);
                var bw = MLNetPerson.Onnx.Graphs.OnnxTensor.Floats(network.Body.Initializer(bconv.Input[1])!);
                var bb = MLNetPerson.Onnx.Graphs.OnnxTensor.Floats(network.Body.Initializer(bconv.Input[2])!);
                var good = group.Where(r => !r.IsIgnored && r.Overlap >= D("bpos", 0.4)).ToList();
                var rows = good.Select(r => F(r.Boxes)).ToArray();
                for (var k = 0; k < 4; k++)
                    boxes[(level, shape, k)] = new AnchoredRegression(rows, [.. good.Select(r => r.Target![k])], [.. good.Select(_ => 1f)], bw[((shape * 4 + k) * c)..((shape * 4 + k + 1) * c)], bb[shape * 4 + k], false).Fit(l2b * 1000 / Math.Max(1, good.Count), iters);
            }
            Console.Write($"{level}/{shape}:{used.Count}({used.Count(r => r.Overlap >= pos)}) ");
        }
        Console.WriteLine($"\nfit {watch.Elapsed.TotalSeconds:0} s");
        foreach (var name in new[] { "voc-dev", "pool-dev" })
        {
            var (rows, pictures) = Load(name);
            foreach (var variant in new[] { "published", "scores", "both" })
            {
                var candidates = rows.AsParallel().AsOrdered().Select((picture, i) =>
                {
                    var bx = new float[picture.Count * 4]; var p = new float[picture.Count];
                    for (var k = 0; k < picture.Count; k++)
                    {
                        var r = picture[k];
                        var logit = r.Logit;
                        if (variant != "published" && filters.TryGetValue((r.Level, r.Shape), out var f)) logit = System.Numerics.Tensors.TensorPrimitives.Dot<float>(F(r.Scores), f.W) + f.B;
                        p[k] = 1 / (1 + MathF.Exp(-logit));
                        var box = r.Box;
                        if (variant == "both" && boxes.Count > 0 && boxes.ContainsKey((r.Level, r.Shape, 0)))
                        {
                            var x = F(r.Boxes); var a = network.Anchors[r.Anchor];
                            double E(int q) { var g = boxes[(r.Level, r.Shape, q)]; return System.Numerics.Tensors.TensorPrimitives.Dot<float>(x, g.W) + g.B; }
                            var (cy, cx, h, wd) = (E(0) / 10 * a.Height + a.CenterY, E(1) / 10 * a.Width + a.CenterX, Math.Exp(E(2) / 5) * a.Height, Math.Exp(E(3) / 5) * a.Width);
                            float C(double v) => (float)Math.Clamp(v, 0, 1);
                            box = [C(cx - wd / 2), C(cy - h / 2), C(cx + wd / 2), C(cy + h / 2)];
                        }
                        box.CopyTo(bx, k * 4);
                    }
                    return new PictureCandidates(bx, p, pictures[i].Width, pictures[i].Height);
                }).ToArray();
                if (variant == "both" && boxes.Count == 0) continue;
                Console.WriteLine($"{name} {variant}: " + string.Join("  ", new[] { 0.4, 0.45, 0.5, 0.55, 0.6 }.Select(iou => $"{iou}: {DetectionEvaluator.Ap50(Candidates.Judge(candidates, pictures, _input, new SuppressionOptions(iou, 0.002))):0.0000}")));
            }
        }
    }
}
