using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Export;

/// <summary>Adds encodings to a package, each proved on the file itself, and keeps out those that lose too much.</summary>
public sealed class PackageQuantizer
{
    /// <summary>Pictures that signal-to-noise is measured on, and tensors that are reported.</summary>
    private const int NoisePictures = 8;
    private const int NoisyTensors = 5;

    private readonly ModelPackage _package;
    private readonly QuantizeOptions _options;
    private readonly IProgress<QuantizeProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly PictureProof _proof;
    private readonly byte[] _float;
    private readonly long[] _shape;

    private PackageQuantizer(
        ModelPackage package,
        QuantizeOptions options,
        IProgress<QuantizeProgress>? progress,
        CancellationToken cancellation
    )
    {
        (_package, _options, _progress, _cancellation) = (package, options, progress, cancellation);
        var input = package.Manifest.Input.ToSpec();
        _proof = new PictureProof(input, options.Limits);
        _shape = [1, input.Height, input.Width, 3];
        _float = package.ReadBytes(package.Encoding(PackageEncoding.Float32).File);
    }

    /// <summary>Makes, proves and writes encodings. Each is in the package as soon as it is done, so that a run that was interrupted goes
    /// on there.</summary>
    /// <param name="package">With a float32 model.</param>
    /// <param name="dataset">To calibrate on; what calibration leaves of it proves, where <paramref name="heldOut"/> is null.</param>
    /// <param name="heldOut">To prove with: pictures that neither training nor calibration saw.</param>
    /// <param name="options">Which encodings, and how good.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="cancellation">Ends the work; the package stays whole.</param>
    /// <exception cref="QuantizationException">An option is out of range, or the model cannot be quantized.</exception>
    /// <exception cref="DatasetException">The pictures are of one class, or none are left to prove with.</exception>
    /// <exception cref="FeatureException">More pictures are unusable than allowed.</exception>
    /// <exception cref="IOException">The disk refuses; the package is as it was.</exception>
    public static QuantizeResult Quantize(
        ModelPackage package,
        Dataset dataset,
        Dataset? heldOut,
        QuantizeOptions options,
        IProgress<QuantizeProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options.Check();
        return new PackageQuantizer(package, options, progress, cancellation).Run(dataset, heldOut);
    }

    /// <summary>Measures how sensitive one shard's layers are, and leaves it in the shared folder of the options for
    /// <see cref="Quantize"/>. The package is not changed.</summary>
    /// <param name="package">With a float32 model.</param>
    /// <param name="dataset">As for <see cref="Quantize"/>.</param>
    /// <param name="heldOut">As for <see cref="Quantize"/>.</param>
    /// <param name="options">As for <see cref="Quantize"/>, with the shared folder.</param>
    /// <param name="shard">Which part is this process's.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellation">Ends the work; what was measured is kept.</param>
    /// <returns>How many layers of how many encodings were the shard's.</returns>
    /// <exception cref="QuantizationException">An option is out of range, or the model cannot be quantized.</exception>
    /// <exception cref="DatasetException">The calibration pictures are of one class.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static int RankPart(
        ModelPackage package,
        Dataset dataset,
        Dataset? heldOut,
        QuantizeOptions options,
        Shard shard,
        IProgress<QuantizeProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options.Check();
        var quantizer = new PackageQuantizer(package, options, progress, cancellation);
        var source = OnnxGraph.Parse(quantizer._float, package.PathOf(package.Encoding(PackageEncoding.Float32).File));
        var choice = CalibrationChoice.Of(dataset, options.Calibration, options.Seed, leaveHalf: heldOut is null);
        var (calibration, _) = quantizer.CheckCalibration(choice.Calibration);
        var maker = new EncodingMaker(
            source,
            [.. calibration.Select(sample => (Func<byte[]>)(() => quantizer._proof.Pixels(sample)!))],
            quantizer._shape,
            options
        );
        var layers = 0;
        foreach (var encoding in options.Encodings.Where(name => name is PackageEncoding.Int8 or PackageEncoding.Int8Portable).Distinct())
        {
            progress?.Report(new QuantizeProgress($"{encoding}: measuring layers of shard {shard}"));
            layers += maker.RankPart(encoding, shard, cancellation);
        }

        return layers;
    }

    private QuantizeResult Run(Dataset dataset, Dataset? heldOut)
    {
        var source = OnnxGraph.Parse(_float, _package.PathOf(_package.Encoding(PackageEncoding.Float32).File));
        var choice = CalibrationChoice.Of(dataset, _options.Calibration, _options.Seed, leaveHalf: heldOut is null);
        var samples = heldOut?.Samples ?? choice.Rest;
        var asked = _options.Encodings.Distinct(StringComparer.Ordinal).ToList();
        var keys = Keys(asked, choice.Calibration, samples, heldOut is null);
        var there = asked.Select(encoding => UpToDate(encoding, keys[encoding])).ToList();
        if (there.All(report => report is not null))
        {
            return new QuantizeResult(_package.Folder, [.. there!], [], [.. asked], []); // no picture has to be decoded to know that
        }

        var (calibration, report) = CheckCalibration(choice.Calibration);
        var proof = Judge(samples, heldOut is null ? EncodingReport.NotHeldOut : EncodingReport.HeldOut);
        var maker = new EncodingMaker(
            source,
            [.. calibration.Select(sample => (Func<byte[]>)(() => _proof.Pixels(sample)!))],
            _shape,
            _options
        );

        var (written, refused, upToDate, current) = (new List<EncodingReport>(), new List<RefusedEncoding>(), new List<string>(), _package);
        foreach (var encoding in asked)
        {
            if (UpToDate(encoding, keys[encoding]) is { } old)
            {
                written.Add(old);
                upToDate.Add(encoding);
                continue;
            }

            var (made, model, reason) = Prove(
                encoding,
                maker,
                proof,
                calibration,
                EncodingMaker.Calibrates(encoding) ? report : null,
                keys[encoding]
            );
            if (made is null)
            {
                refused.Add(new RefusedEncoding(encoding, reason));
                continue;
            }

            _progress?.Report(new QuantizeProgress($"writing {encoding}"));
            current = EncodingWriter.Write(current, made, model);
            written.Add(made);
        }

        return new QuantizeResult(
            _package.Folder,
            [.. written],
            [.. refused],
            [.. upToDate],
            _proof.Skipped([.. choice.Calibration, .. proof.All])
        );
    }

    /// <summary>Reads every calibration picture once: those that cannot be used are left out, and what is left gets a hash.</summary>
    private (ImmutableArray<Sample> Usable, CalibrationReport Report) CheckCalibration(ImmutableArray<Sample> chosen)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var usable = ImmutableArray.CreateBuilder<Sample>();
        foreach (var (index, sample) in chosen.Index())
        {
            _cancellation.ThrowIfCancellationRequested();
            _progress?.Report(new QuantizeProgress("reading the calibration pictures", index + 1, chosen.Length));
            if (_proof.Pixels(sample) is { } pixels)
            {
                hash.AppendData(pixels);
                usable.Add(sample);
            }
        }

        CheckBad(chosen);
        var persons = usable.Count(sample => sample.IsPerson);
        return persons > 0 && persons < usable.Count
            ? (
                usable.ToImmutable(),
                new CalibrationReport(
                    usable.Count,
                    persons,
                    Convert.ToHexStringLower(hash.GetCurrentHash()),
                    _options.Range.ToString(),
                    _options.Seed
                )
            )
            : throw new DatasetException(
                $"Of the {chosen.Length} calibration pictures {usable.Count} can be used, {persons} of them with a person; pictures of "
                    + $"both kinds are needed. {_proof.Skipped(chosen)[0].Sample.File}: {_proof.Skipped(chosen)[0].Reason}"
            );
    }

    /// <summary>The float model's answers on the pictures for the proof.</summary>
    private ProofSet Judge(ImmutableArray<Sample> samples, string source)
    {
        if (samples.IsEmpty)
        {
            throw new DatasetException(
                "Calibration leaves no picture to prove encodings with. Use more pictures, fewer for calibration, or hold some out."
            );
        }

        var all = Answers(_float, samples, $"judging {samples.Length} pictures with float32");
        CheckBad(samples);
        var used = Enumerable.Range(0, samples.Length).Where(i => !double.IsNaN(all[i])).ToList();
        return used.Count > 0
            ? new ProofSet(samples, [.. used.Select(i => samples[i])], [.. used.Select(i => all[i])], source)
            : throw new FeatureException(
                $"None of the {samples.Length} pictures for the proof can be used. '{samples[0].File}': {_proof.Skipped(samples)[0].Reason}"
            );
    }

    private (EncodingReport? Report, byte[] Model, string Reason) Prove(
        string encoding,
        EncodingMaker maker,
        ProofSet proof,
        ImmutableArray<Sample> calibration,
        CalibrationReport? report,
        string key
    )
    {
        var (reason, tried) = ("", ImmutableArray<string>.Empty);
        _progress?.Report(new QuantizeProgress($"{encoding}: {(EncodingMaker.Calibrates(encoding) ? "calibrating" : "converting")}"));
        foreach (var candidate in maker.Candidates(encoding, _cancellation))
        {
            var probabilities = Answers(candidate.Model, proof.Used, $"{encoding}: judging {proof.Used.Length} pictures");
            var comparison = PairedComparison.Of(proof.Probabilities, probabilities, proof.Labels, _package.Manifest.Threshold);
            if (EncodingGate.Fault(comparison, _options.MaxDrop) is { } fault)
            {
                (reason, tried) = (fault, candidate.Steps);
                _progress?.Report(new QuantizeProgress($"{encoding}: {fault}; trying more"));
                continue;
            }

            _progress?.Report(new QuantizeProgress($"{encoding}: measuring"));
            return (
                Measure(encoding, candidate, proof, probabilities, comparison, [.. calibration.Take(NoisePictures)], report, key),
                candidate.Model,
                ""
            );
        }

        return (
            null,
            [],
            $"{reason}. {(tried.IsEmpty ? "Nothing more can be done for it" : $"Tried: {string.Join("; ", tried)}")}; allow more with "
                + $"--max-drop, or do without it."
        );
    }

    private EncodingReport Measure(
        string encoding,
        EncodingCandidate candidate,
        ProofSet proof,
        double[] probabilities,
        PairedComparison comparison,
        ImmutableArray<Sample> calibration,
        CalibrationReport? report,
        string key
    )
    {
        var threshold = _package.Manifest.Threshold;
        var (ours, exact) = (
            Evaluator.Evaluate(probabilities, proof.Labels, threshold),
            Evaluator.Evaluate(proof.Probabilities, proof.Labels, threshold)
        );
        var layers = LayerInspector.Inspect(candidate.Model, encoding);
        List<byte[]> pictures = [.. calibration.Select(sample => _proof.Pixels(sample)!)];
        double[] distances = [.. probabilities.Zip(proof.Probabilities, (a, b) => Math.Abs(a - b))];
        return new EncodingReport
        {
            Encoding = encoding,
            Bytes = candidate.Model.Length,
            FloatBytes = _float.Length,
            Source = proof.Source,
            Samples = comparison.Samples,
            Accuracy = Metric(ours.Accuracy)!,
            FloatAccuracy = Metric(exact.Accuracy)!,
            RocAuc = Metric(ours.RocAuc),
            FloatRocAuc = Metric(exact.RocAuc),
            RocAucDifference = Metric(RocAuc.Difference(proof.Probabilities, probabilities, proof.Labels)),
            Lost = comparison.Lost,
            Gained = comparison.Gained,
            PValue = comparison.PValue,
            MeanProbabilityDifference = distances.Average(),
            LargestProbabilityDifference = distances.Max(),
            Latency =
            [
                .. ThreadCounts().Select(threads => LatencyMeter.Compare(_float, candidate.Model, encoding, pictures[0], _shape, threads)),
            ],
            IntegerNodes = Count(layers.Where(layer => layer.IsInteger)),
            FloatNodes = Count(layers.Where(layer => !layer.IsInteger && !layer.IsBookkeeping)),
            LeftInFloat = candidate.LeftInFloat,
            WorstTensors =
            [
                .. candidate
                    .Noise(pictures)
                    .Where(tensor => double.IsFinite(tensor.Decibels))
                    .Take(NoisyTensors)
                    .Select(tensor => new NoiseReport(tensor.Name, tensor.Decibels)),
            ],
            Recovery = candidate.Steps,
            Calibration = report,
            Machine = $"{CpuFeatures.Current}, ONNX Runtime {OnnxModel.RuntimeVersion}",
            Key = key,
        };
    }

    private double[] Answers(byte[] model, ImmutableArray<Sample> samples, string step) =>
        _proof.Probabilities(model, samples, done => _progress?.Report(new QuantizeProgress(step, done, samples.Length)), _cancellation);

    private void CheckBad(ImmutableArray<Sample> samples)
    {
        var skipped = _proof.Skipped(samples);
        if (skipped.Length > _options.MaxBad)
        {
            throw new FeatureException(
                $"{skipped.Length} pictures cannot be used, {_options.MaxBad} is the limit that was given. '{skipped[0].Sample.File}': "
                    + $"{skipped[0].Reason}"
            );
        }
    }

    /// <summary>The report of an encoding that is in the package already, made from the same model, pictures and options; else
    /// null.</summary>
    private EncodingReport? UpToDate(string encoding, string key) =>
        _package.Manifest.Encodings.FirstOrDefault(candidate => candidate.Name == encoding) is { } there
        && EncodingReport.Of(there) is { } old
        && old.Key == key
            ? old
            : null;

    /// <summary>By encoding, a hash of everything that decides its file and its report, but the machine.</summary>
    private Dictionary<string, string> Keys(
        List<string> encodings,
        ImmutableArray<Sample> calibration,
        ImmutableArray<Sample> proof,
        bool notHeldOut
    )
    {
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{ProductVersion.Text}\n{Sha256Text.OfBytes(_float)}\n{ImageReader.Fingerprint}\n")
            .Append(
                CultureInfo.InvariantCulture,
                $"{_options.Range} {_options.Percentile} {_options.MaxDrop:R} {_options.Seed} {notHeldOut}"
                    + $"{(_options.TrainsFirst ? " trained" : "")}\n"
            );
        foreach (var sample in calibration)
        {
            text.Append(CultureInfo.InvariantCulture, $"{ContentOf(sample)} {sample.IsPerson}\n");
        }

        foreach (var sample in proof)
        {
            text.Append(CultureInfo.InvariantCulture, $"{ContentOf(sample)} {sample.IsPerson}\n");
        }

        var common = text.ToString();
        return encodings.ToDictionary(
            encoding => encoding,
            encoding =>
                Sha256Text.OfBytes(
                    Encoding.UTF8.GetBytes($"{encoding}{(encoding == PackageEncoding.Int8 ? ", exact sums" : "")}\n{common}")
                ),
            StringComparer.Ordinal
        );
    }

    /// <summary>A file that cannot be read is one that cannot be used, too.</summary>
    private static string ContentOf(Sample sample)
    {
        try
        {
            return Sha256Text.OfFile(sample.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "unreadable";
        }
    }

    private static IEnumerable<int> ThreadCounts() => new[] { 1, Environment.ProcessorCount }.Distinct();

    private static PackageMetric? Metric(Estimate estimate) =>
        double.IsFinite(estimate.Value) ? new PackageMetric(estimate.Value, estimate.Interval.Low, estimate.Interval.High) : null;

    private static ImmutableSortedDictionary<string, int> Count(IEnumerable<LayerInfo> layers) =>
        layers
            .GroupBy(layer => layer.Operation, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
}
