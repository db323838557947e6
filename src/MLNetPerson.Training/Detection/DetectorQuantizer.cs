using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Packaging;
using MLNetPerson.Timing;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Detection;

/// <summary>Adds encodings to a detector's package, each proved by average precision on the file itself, and keeps out those that lose too
/// much.</summary>
public static class DetectorQuantizer
{
    private const int Runs = 60;

    /// <summary>Makes, proves and writes encodings.</summary>
    /// <param name="package">A detector's, with a float32 model.</param>
    /// <param name="calibration">Pictures to calibrate on; boxes are not needed.</param>
    /// <param name="proof">Pictures with boxes to prove with; those that were calibrated on are left out of it.</param>
    /// <param name="options">Which encodings, and how many points of AP50 each may lose.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="cancellation">Ends the work; the package stays whole.</param>
    /// <exception cref="QuantizationException">An option is out of range, or the model cannot be quantized.</exception>
    /// <exception cref="DatasetException">The pictures are of one class, or none are left to prove with.</exception>
    /// <exception cref="FeatureException">More pictures are unusable than allowed.</exception>
    public static DetectorQuantizeResult Quantize(
        ModelPackage package,
        Dataset calibration,
        BoxedDataset proof,
        QuantizeOptions options,
        IProgress<QuantizeProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options.Check();
        var (manifest, input) = (package.Manifest, package.Manifest.Input.ToSpec());
        var file = package.Encoding(PackageEncoding.Float32).File;
        var exact = package.ReadBytes(file);
        var whole = OnnxGraph.Parse(exact, package.PathOf(file));
        var body = TensorKinds.Open(whole, [DetectorNetwork.LogitsName, DetectorNetwork.EncodingsName]);
        var kept = LeftInFloat(body);

        var chosen = CalibrationChoice.Of(calibration, options.Calibration, options.Seed, leaveHalf: false).Calibration;
        var taken = chosen.Select(sample => sample.Path).ToHashSet(StringComparer.Ordinal);
        var judgedOn = proof with { Pictures = [.. proof.Pictures.Where(picture => !taken.Contains(picture.Sample.Path))] };
        if (!judgedOn.Pictures.Any(picture => picture.Truth.Any(box => box.Role == BoxRole.Person)))
        {
            throw new DatasetException(
                "Calibration leaves no picture with a box to prove encodings with. Use more pictures, fewer for calibration, or hold "
                    + "some out."
            );
        }

        var pictures = new PictureProof(input, options.Limits);
        var (usable, report) = Check(pictures, chosen, options, progress, cancellation);
        long[] shape = [1, input.Height, input.Width, 3];
        var ladder = new RecoveryLadder(
            body,
            [.. usable.Select(sample => (Func<byte[]>)(() => pictures.Pixels(sample)!))],
            shape,
            options.ToInt8(),
            left: kept
        );
        var suppression = new SuppressionOptions(
            manifest.Detection!.IouThreshold,
            Math.Max(manifest.Detection.ScoreThreshold, Candidates.Floor),
            manifest.Detection.MostBoxes
        );
        var part = package.ReadBytes(manifest.Detection.Suppression);
        var (floatAp, floatTop) = Judge(exact, $"judging {judgedOn.Pictures.Length} pictures with float32");

        var (written, refused) = (new List<DetectorEncodingReport>(), new List<RefusedEncoding>());
        foreach (var encoding in options.Encodings.Distinct(StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new QuantizeProgress($"{encoding}: making"));
            var (reason, made) = ("", false);
            foreach (var (graph, steps, left) in Make(encoding))
            {
                var model = WithTail(graph, body, whole).ToBytes();
                var (ap, top) = Judge(model, $"{encoding}: judging {judgedOn.Pictures.Length} pictures");
                if (ap < floatAp - (options.MaxDrop / 100))
                {
                    reason = string.Create(
                        CultureInfo.InvariantCulture,
                        $"its AP50 is {ap:0.0000}, {100 * (floatAp - ap):0.00} points below float's {floatAp:0.0000}; {options.MaxDrop} are "
                            + $"allowed. Tried: {string.Join("; ", steps)}; allow more with --max-drop, or do without it."
                    );
                    continue;
                }

                progress?.Report(new QuantizeProgress($"{encoding}: measuring"));
                var done = new DetectorEncodingReport
                {
                    Encoding = encoding,
                    Bytes = model.Length,
                    FloatBytes = exact.Length,
                    Samples = judgedOn.Pictures.Length,
                    Persons = judgedOn.Persons,
                    Ap50 = ap,
                    FloatAp50 = floatAp,
                    LargestProbabilityDifference = top.Zip(floatTop, (a, b) => Math.Abs(a - b)).DefaultIfEmpty(0).Max(),
                    Latency = [.. Threads().Select(threads => Time(exact, model, part, pictures.Pixels(usable[0])!, shape, threads))],
                    LeftInFloat = left,
                    Recovery = steps,
                    Calibration = encoding == PackageEncoding.Fp16 ? null : report,
                    Machine = $"{CpuFeatures.Current}, ONNX Runtime {OnnxModel.RuntimeVersion}",
                };
                package = Write(package, done, model);
                written.Add(done);
                made = true;
                break;
            }

            if (!made)
            {
                refused.Add(new RefusedEncoding(encoding, reason));
            }
        }

        return new DetectorQuantizeResult(package.Folder, [.. written], [.. refused]);

        (double Ap50, double[] Top) Judge(byte[] model, string step)
        {
            List<SkippedSample> skipped = [];
            var candidates = Candidates.Ask(
                model,
                input,
                judgedOn.Pictures,
                options.Limits,
                skipped,
                new StepRelay(progress, step),
                cancellation
            );
            DetectorPackageEvaluator.CheckBad(skipped, judgedOn.Pictures.Length, options.MaxBad);
            var judged = Candidates.Judge(candidates, judgedOn.Pictures, input, suppression);
            return (
                DetectionEvaluator.Ap50(judged, suppression.MostBoxes),
                [.. candidates.OfType<PictureCandidates>().Select(one => (double)one.Probabilities.DefaultIfEmpty(0).Max())]
            );
        }

        IEnumerable<(OnnxGraph Graph, ImmutableArray<string> Steps, ImmutableArray<string> Left)> Make(string encoding)
        {
            switch (encoding)
            {
                case PackageEncoding.Fp16:
                    yield return (CompactEncoder.Half(body), ["weights as 16-bit floats"], []);
                    break;
                case PackageEncoding.Weights8:
                    yield return (
                        CompactEncoder.Weights(body, usable.Select(sample => pictures.Pixels(sample)!), shape, cancellation),
                        ["biases corrected"],
                        []
                    );
                    break;
                default:
                    foreach (var candidate in ladder.Climb(encoding == PackageEncoding.Int8Portable, cancellation))
                    {
                        yield return (
                            candidate.Graph,
                            candidate.Steps,
                            [.. candidate.Report.Skipped.Select(skip => $"{skip.Node} ({skip.Operation})")]
                        );
                    }

                    break;
            }
        }
    }

    /// <summary>What integers are kept out of: the last convolutions, which decide the boxes' edges and order, and what joins what they
    /// give.</summary>
    private static HashSet<string> LeftInFloat(OnnxGraph body)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        var waiting = new Queue<string>([DetectorNetwork.LogitsName, DetectorNetwork.EncodingsName]);
        while (waiting.TryDequeue(out var tensor))
        {
            if (body.Producer(tensor) is { } node && names.Add(node.Name) && !node.IsStandard("Conv"))
            {
                foreach (var input in node.Input.Where(input => !body.IsConstant(input)))
                {
                    waiting.Enqueue(input);
                }
            }
        }

        return names;
    }

    /// <summary>Puts behind a body in other numbers what stood behind the float one.</summary>
    private static OnnxGraph WithTail(OnnxGraph encoded, OnnxGraph body, OnnxGraph whole)
    {
        var graph = encoded.Clone();
        var own = body.Nodes.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in whole.Nodes.Where(node => !own.Contains(node.Name)))
        {
            graph.Nodes.Add(node.Clone());
            foreach (var constant in node.Input.Select(whole.Initializer).OfType<Onnx.Graphs.Proto.TensorProto>())
            {
                graph.SetInitializer(constant.Clone());
            }
        }

        graph.Model.Graph.Output.Clear();
        graph.Model.Graph.Output.AddRange(whole.Model.Graph.Output.Select(output => output.Clone()));
        graph.Model.MetadataProps.Clear();
        graph.Model.MetadataProps.AddRange(whole.Model.MetadataProps.Select(entry => entry.Clone()));
        graph.Model.DocString = whole.Model.DocString;
        graph.Sort("the encoded detector");
        return graph;
    }

    private static (ImmutableArray<Sample> Usable, CalibrationReport Report) Check(
        PictureProof pictures,
        ImmutableArray<Sample> chosen,
        QuantizeOptions options,
        IProgress<QuantizeProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var usable = ImmutableArray.CreateBuilder<Sample>();
        foreach (var (index, sample) in chosen.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new QuantizeProgress("reading the calibration pictures", index + 1, chosen.Length));
            if (pictures.Pixels(sample) is { } pixels)
            {
                hash.AppendData(pixels);
                usable.Add(sample);
            }
        }

        var skipped = pictures.Skipped(chosen);
        if (skipped.Length > options.MaxBad || usable.Count == 0)
        {
            throw new FeatureException(
                $"{skipped.Length} of {chosen.Length} calibration pictures cannot be used. '{skipped[0].Sample.File}': {skipped[0].Reason}"
            );
        }

        return (
            usable.ToImmutable(),
            new CalibrationReport(
                usable.Count,
                usable.Count(sample => sample.IsPerson),
                Convert.ToHexStringLower(hash.GetCurrentHash()),
                options.Range.ToString(),
                options.Seed
            )
        );
    }

    private static int[] Threads() => Environment.ProcessorCount == 1 ? [1] : [1, Environment.ProcessorCount];

    private static LatencyReport Time(byte[] exact, byte[] encoded, byte[] part, byte[] pixels, long[] shape, int threads)
    {
        var options = new OnnxModelOptions { Threads = threads, Spin = threads > 1 };
        using var first = OnnxModel.Load([.. exact, .. part], "float32", options);
        using var second = OnnxModel.Load([.. encoded, .. part], "encoding", options);
        string[] outputs = [SuppressionPart.OutputName];
        var times = Turns.Measure(
            [() => first.Run<byte>(pixels, shape, outputs), () => second.Run<byte>(pixels, shape, outputs)],
            seconds: 0,
            leastRuns: Runs
        );
        return new LatencyReport(threads, times[1].P50, times[1].P95, times[0].P50, times[0].P95);
    }

    private static ModelPackage Write(ModelPackage package, DetectorEncodingReport report, byte[] model)
    {
        var (manifest, name) = (package.Manifest, report.Encoding);
        var encoding = new PackageEncoding(
            name,
            $"model.{name}.onnx",
            name is PackageEncoding.Int8 or PackageEncoding.Int8Portable ? DetectorFiles.IntegerTolerance : DetectorFiles.FloatTolerance,
            report.ToJson()
        );
        var files = DetectorFiles.Kept(package);
        files[encoding.File] = model;
        var order = QuantizeOptions.AllEncodings;
        manifest = manifest with
        {
            Encodings = [.. manifest.Encodings.Where(old => old.Name != name).Append(encoding).OrderBy(one => order.IndexOf(one.Name))],
        };
        DetectorFiles.Write(package.Folder, manifest, files);
        return ModelPackage.OpenDetector(package.Folder);
    }

    private sealed class StepRelay(IProgress<QuantizeProgress>? progress, string step) : IProgress<FeatureProgress>
    {
        public void Report(FeatureProgress value) => progress?.Report(new QuantizeProgress(step, value.Done, value.Total));
    }
}
