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
            var set = BoxedDataset.Of(data, true);
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
        var by = BoxedDataset.Of(data.Only(name.Split('-')[1]), true).Pictures.ToDictionary(p => p.Sample.File);
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

    private static void Fit(string[] args)
    {
        var o = args.Select(a => a.Split('=')).ToDictionary(a => a[0], a => a[1]);
        double D(string k, double d) => o.TryGetValue(k, out var v) ? double.Parse(v, System.Globalization.CultureInfo.InvariantCulture) : d;
        var network = DetectorNetworkBuilder.BuildAsync(BackboneCatalog.Open("mobilenetv2-coco-ssd"), _input).GetAwaiter().GetResult();
        var published = DetectorHead.Of(network);
        var dev = new[] { "voc-dev", "pool-dev" }.Select(Load).ToArray();
        var nms = new SuppressionOptions(D("iou", 0.5), 0.01);
        List<(HeadRow Row, float Logit, int Label)> Survivors(List<HeadRow>[] rows, BoxedPicture[] pictures, Func<HeadRow, float> logit)
        {
            return [.. rows.AsParallel().AsOrdered().Select((picture, i) =>
            {
                var seen = picture.Where(r => r.Logit >= -4.595f).ToList();
                float[] p = [.. seen.Select(r => 1 / (1 + MathF.Exp(-logit(r))))], b = [.. seen.SelectMany(r => r.Box)];
                var kept = NonMaximumSuppression.Select(b, p, (float)nms.IouThreshold, 0.001f, 100);
                var pic = pictures[i];
                FoundBox[] found = [.. kept.Select(k => new FoundBox(p[k], b[4 * k] * pic.Width, b[4 * k + 1] * pic.Height, (b[4 * k + 2] - b[4 * k]) * pic.Width, (b[4 * k + 3] - b[4 * k + 1]) * pic.Height))];
                var outcomes = new BoxOutcome[found.Length];
                BoxMatching.Match(pic.Truth, found, 0.5, (0, 1e10), outcomes, new int[found.Length]);
                return kept.Select((k, n) => (seen[k], logit(seen[k]), outcomes[n] == BoxOutcome.Right ? 1 : outcomes[n] == BoxOutcome.Wrong ? 0 : -1)).ToList();
            }).SelectMany(x => x).Where(x => x.Item3 >= 0)];
        }
        var train = o.GetValueOrDefault("train", "voc-train,pool-train").Split(',').Select(Load).ToArray();
        var all = train.SelectMany(t => Survivors(t.Rows, t.Pictures, r => r.Logit)).ToList();
        Console.WriteLine($"{all.Count} survivors, {all.Count(a => a.Label == 1)} right");
        void Report(string name, Func<HeadRow, float> logit)
        {
            for (var k = 0; k < 2; k++)
            {
                var (rows, pictures) = dev[k];
                var candidates = rows.AsParallel().AsOrdered().Select((picture, i) =>
                {
                    var seen = picture.Where(r => r.Logit >= -4.595f).ToList();
                    return new PictureCandidates([.. seen.SelectMany(r => r.Box)], [.. seen.Select(r => 1 / (1 + MathF.Exp(-logit(r))))], pictures[i].Width, pictures[i].Height);
                }).ToArray();
                Console.WriteLine($"{(k == 0 ? "voc" : "pool")} {name,-20}: " + string.Join("  ", new[] { 0.4, 0.45, 0.5, 0.55, 0.6 }.Select(iou => $"{iou}: {DetectionEvaluator.Ap50(Candidates.Judge(candidates, pictures, _input, new SuppressionOptions(iou, 0.0001))):0.0000}")));
            }
        }
        Report("published", r => r.Logit);
        foreach (var prior in o.GetValueOrDefault("prior", "30,100,300,1000,3000").Split(',').Select(double.Parse))
        {
            foreach (var mode in o.GetValueOrDefault("mode", "shape,feature").Split(','))
            {
                var watch = Stopwatch.StartNew();
                var delta = new Dictionary<int, (float[] W, float B)>();
                float[] Features(HeadRow r, float logit)
                {
                    var shapes = r.Level == 0 ? 3 : 6;
                    var c = mode == "shape" ? 0 : r.Scores.Length;
                    var f = new float[c + 2 * shapes];
                    if (c > 0) System.Numerics.Tensors.TensorPrimitives.ConvertToSingle(r.Scores, f.AsSpan(0, c));
                    f[c + r.Shape] = logit; f[c + shapes + r.Shape] = 1;
                    return f;
                }
                foreach (var g in all.GroupBy(a => a.Row.Level))
                {
                    var rows = g.Select(a => Features(a.Row, a.Logit)).ToArray();
                    var shapes = g.Key == 0 ? 3 : 6; var c = rows[0].Length - 2 * shapes;
                    var start = new float[rows[0].Length]; for (var i = 0; i < shapes; i++) start[c + i] = 1;
                    delta[g.Key] = new AnchoredRegression(rows, [.. g.Select(a => (float)a.Label)], [.. g.Select(_ => 1f)], start, 0, true).Fit(prior / rows.Length, 80);
                }
                Report($"{mode} {prior} ({watch.Elapsed.TotalSeconds:0} s)", r => delta.TryGetValue(r.Level, out var d) ? System.Numerics.Tensors.TensorPrimitives.Dot<float>(Features(r, r.Logit), d.W) + d.B : r.Logit);
                if (mode == "shape" && prior != 30) { }
            }
        }
    }
}
