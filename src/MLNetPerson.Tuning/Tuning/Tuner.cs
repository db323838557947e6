using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Tuning.Batches;

namespace MLNetPerson.Tuning;

/// <summary>What a tuning works on.</summary>
internal sealed record TunerInput
{
    /// <summary>For errors.</summary>
    public required string Name { get; init; }

    /// <summary>The network for an input size: uint8 [N, height, width, 3] to logits [N, 1].</summary>
    public required Func<ImageSpec, OnnxGraph> Graphs { get; init; }

    /// <summary>The main size.</summary>
    public required ImageSpec Spec { get; init; }

    /// <summary>To learn from.</summary>
    public required ImmutableArray<TrainingPicture> Training { get; init; }

    /// <summary>To stop by; never learned from.</summary>
    public required ImmutableArray<TrainingPicture> HeldOut { get; init; }

    /// <summary>Answers for varied pictures, or null.</summary>
    public Func<RgbImage, Augmentation, double>? Teacher { get; init; }

    /// <summary>Where checkpoints go, or null for none.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Everything that decides the result but options and code: hashes of network and pictures.</summary>
    public string Key { get; init; } = "";

    /// <summary>What a picture may ask for.</summary>
    public ImageLimits Limits { get; init; } = new();

    /// <summary>The training pictures in batches, as these options want them varied, weighed and drawn.</summary>
    public BatchSource Batches(TuningOptions options) =>
        new(
            Training,
            new BatchOptions
            {
                Size = options.BatchSize,
                Augmentation = options.Augmentation,
                TeacherShare = options.TeacherShare,
                LabelSmoothing = options.LabelSmoothing,
                Seed = options.Seed,
                Limits = Limits,
            },
            Teacher
        );
}

/// <summary>What a tuning did.</summary>
/// <param name="Graph">The network of the main size with the best averaged weights.</param>
/// <param name="Epochs">As judged; the first is the state before.</param>
/// <param name="Best">Number of the epoch whose weights were kept.</param>
/// <param name="Stopped">Why it ended early, or null.</param>
/// <param name="TrainedValues">Numbers that were trained.</param>
/// <param name="PicturesPerSecond">Over the whole run, judging left out.</param>
/// <param name="WaitedForBatches">Share of the steps' time that the network waited for pictures. Range [0, 1].</param>
/// <param name="Notes">What happened on the way: a loss that was not finite, a checkpoint that could not be written.</param>
internal sealed record TunerResult(
    OnnxGraph Graph,
    ImmutableArray<EpochReport> Epochs,
    int Best,
    string? Stopped,
    long TrainedValues,
    double PicturesPerSecond,
    double WaitedForBatches,
    ImmutableArray<string> Notes
);

/// <summary>Epochs, schedule, judgement, early stopping, checkpoints. Deterministic by seed, machine and threads.</summary>
internal sealed class Tuner : IDisposable
{
    private const int JudgedAtOnce = 32;
    private const int LossWindow = 50;

    private readonly TuningOptions _options;
    private readonly TunerInput _input;
    private readonly TrainingEngine _engine;
    private readonly BatchSource _batches;
    private readonly List<EpochReport> _history = [];
    private readonly List<string> _notes = [];
    private readonly ImageReader _reader;
    private State _state = new(0, 0, 0, 0, 1, 0);
    private float[][] _best;
    private double _seconds;
    private string _key = "";

    /// <exception cref="TuningException">The options do not fit the network.</exception>
    public Tuner(TuningOptions options, TunerInput input)
    {
        (_options, _input) = (options, input);
        _reader = new ImageReader(input.Limits);
        _engine = new TrainingEngine(input.Graphs, input.Spec, options, input.Name);
        _batches = input.Batches(options);
        _best = Averages();
    }

    private int PerEpoch => _batches.PerEpoch;

    private long Steps => (long)PerEpoch * _options.Epochs;

    /// <summary>Tunes.</summary>
    /// <param name="progress">Told every step.</param>
    /// <param name="stop">Ends the run after the step under way; the best so far is kept.</param>
    /// <param name="cancellation">Ends the run without a result.</param>
    /// <exception cref="TuningException">The loss was not finite twice, or the checkpoint is of another run.</exception>
    public TunerResult Run(
        IProgress<TuningProgress>? progress = null,
        CancellationToken stop = default,
        CancellationToken cancellation = default
    )
    {
        _key = MLNetPerson.Files.Sha256Text.OfBytes(
            System.Text.Encoding.UTF8.GetBytes(
                $"{_options with { Threads = TorchSharp.torch.get_num_threads(), CheckpointMinutes = 1 }}|"
                    + $"{string.Join(",", _options.Sizes)}|{string.Join(",", _options.Teachers)}|{_input.Key}|{ImageReader.Fingerprint}|"
                    + $"{TorchSharp.torch.__version__}"
            )
        );
        string? stopped = null;
        if (_input.Checkpoint is { } path && Checkpoint.Read(path, _key) is { } checkpoint)
        {
            Restore(checkpoint);
            _notes.Add($"went on from step {checkpoint.Step} of a checkpoint");
        }

        if (_history.Count == 0)
        {
            Judge(0, _input.Spec.Width, 0, double.NaN, 0, cancellation);
        }

        var meter = new Meter(this, progress);
        var good = Snapshot();
        var saved = Stopwatch.GetTimestamp();
        var stepSeconds = 0.0;
        long pictures = 0;
        while (_state.Epoch < _options.Epochs && stopped is null)
        {
            var spec = SpecOf(_state.Epoch);
            var clock = Stopwatch.GetTimestamp();
            var lastRate = 0.0;
            var broken = false;
            foreach (var batch in _batches.Epoch(_state.Epoch, _state.Batch, spec, cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                var from = Stopwatch.GetTimestamp();
                lastRate = LearningRate.Of(_options, _state.Step, Steps) * _state.RateFactor;
                var loss = _engine.Step(batch, lastRate, _state.Step + 1);
                if (!double.IsFinite(loss))
                {
                    good = Recover(good, loss);
                    broken = true;
                    break;
                }

                _state = _state with { Batch = _state.Batch + 1, Step = _state.Step + 1, LossSum = _state.LossSum + loss };
                pictures += batch.Count;
                stepSeconds += Stopwatch.GetElapsedTime(from).TotalSeconds;
                meter.Step(batch.Count, loss);
                if (Stopwatch.GetElapsedTime(saved).TotalMinutes >= _options.CheckpointMinutes)
                {
                    good = Snapshot();
                    Save(good);
                    saved = Stopwatch.GetTimestamp();
                }

                if (stop.IsCancellationRequested)
                {
                    stopped = $"stopped at step {_state.Step} of {Steps}";
                    break;
                }
            }

            _seconds += Stopwatch.GetElapsedTime(clock).TotalSeconds;
            if (broken)
            {
                continue;
            }

            if (_state.Batch == 0)
            {
                break;
            }

            Judge(
                _state.Epoch + 1,
                spec.Width,
                lastRate,
                _state.LossSum / Math.Max(_state.Batch, 1),
                Stopwatch.GetElapsedTime(clock).TotalSeconds,
                cancellation
            );
            _state = _state with { Epoch = _state.Epoch + 1, Batch = 0, LossSum = 0 };
            if (stopped is null && _state.SinceBest >= _options.Patience && _state.Epoch < _options.Epochs)
            {
                stopped = $"no better loss on held-out pictures in {_options.Patience} epochs";
            }

            good = Snapshot();
            Save(good);
        }

        KeepBest();
        var best = _history.Where(epoch => IsJudgedAtFullSize(epoch)).MinBy(epoch => epoch.Loss) ?? _history[^1];
        var waited = _batches.Waited.TotalSeconds;
        return new TunerResult(
            _engine.Main.Store(),
            [.. _history],
            best.Epoch,
            stopped,
            _engine.TrainedValues,
            stepSeconds > 0 ? pictures / stepSeconds : 0,
            stepSeconds > 0 ? waited / (waited + stepSeconds) : 0,
            [.. _notes]
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    /// <summary>Logits of the main network by the averaged weights, for the parity gate.</summary>
    public float[] Logits(byte[] pixels, int count) => _engine.Logits(pixels, count, _input.Spec);

    private static bool IsJudgedAtFullSize(EpochReport _) => true;

    private ImageSpec SpecOf(int epoch)
    {
        int[] sides = [.. _options.Sizes.IsDefault ? [] : _options.Sizes, _input.Spec.Width];
        var side = sides[(int)((long)epoch * sides.Length / _options.Epochs)];
        return _input.Spec with { Width = side, Height = (int)Math.Round(side * (double)_input.Spec.Height / _input.Spec.Width) };
    }

    /// <summary>By the averaged weights, at the main size, on pictures as they are.</summary>
    private void Judge(int epoch, int side, double rate, double trainingLoss, double seconds, CancellationToken cancellation)
    {
        _engine.SwapAverage();
        try
        {
            var logits = new double[_input.HeldOut.Length];
            var bytes = _input.Spec.ByteCount;
            for (var from = 0; from < logits.Length; from += JudgedAtOnce)
            {
                cancellation.ThrowIfCancellationRequested();
                var count = Math.Min(JudgedAtOnce, logits.Length - from);
                var pixels = new byte[count * bytes];
                var start = from;
                Parallel.For(
                    0,
                    count,
                    new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                    i =>
                    {
                        var sample = _input.HeldOut[start + i].Sample;
                        _reader.ReadResized(_reader.ReadBytes(sample.Path), _input.Spec, pixels.AsSpan(i * bytes, bytes), sample.File);
                    }
                );
                _engine.Logits(pixels, count, _input.Spec).Index().ToList().ForEach(value => logits[start + value.Index] = value.Item);
            }

            var labels = _input.HeldOut.Select(picture => picture.Sample.IsPerson).ToArray();
            var loss = logits
                .Zip(labels, (logit, label) => Math.Max(logit, 0) - (label ? logit : 0) + Math.Log(1 + Math.Exp(-Math.Abs(logit))))
                .Average();
            var accuracy = logits.Zip(labels, (logit, label) => logit >= 0 == label ? 1.0 : 0).Average();
            var report = new EpochReport(epoch, side, rate, trainingLoss, loss, accuracy, RocAuc.Of([.. logits], labels).Value, seconds);
            var better = _history.Count == 0 || loss < _history.Min(old => old.Loss);
            _history.Add(report);
            _state = _state with { SinceBest = better ? 0 : _state.SinceBest + 1 };
            if (better)
            {
                // The average is where the weights were just now.
                _best = [.. _engine.Trained.Select(pair => pair.Tensor.Values.ToArray())];
            }
        }
        finally
        {
            _engine.SwapAverage();
        }
    }

    private void KeepBest()
    {
        foreach (var ((tensor, _), values) in _engine.Trained.Zip(_best))
        {
            values.CopyTo(tensor.Values);
        }
    }

    private float[][] Averages() => [.. _engine.Trained.Select(pair => (float[])pair.State.Average.Clone())];

    /// <summary>Back to the last good weights at half the rate, once.</summary>
    private Checkpoint Recover(Checkpoint good, double loss)
    {
        var step = _state.Step + 1;
        if (_state.RateFactor < 1)
        {
            throw new TuningException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The loss was {loss} at step {step}, for the second time; the rate had been halved after the first. Lower 'rate' (it "
                        + $"is {_options.Rate}), or look for damaged pictures. The last checkpoint is unchanged."
                )
            );
        }

        Restore(good);
        _state = _state with { RateFactor = 0.5 };
        _notes.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the loss was {loss} at step {step}: went back to the weights of step {_state.Step} and halved the rate"
            )
        );
        return Snapshot();
    }

    private Checkpoint Snapshot() =>
        new()
        {
            Key = _key,
            Epoch = _state.Epoch,
            Batch = _state.Batch,
            Step = _state.Step,
            LossSum = _state.LossSum,
            Seconds = _seconds,
            RateFactor = _state.RateFactor,
            SinceBest = _state.SinceBest,
            History = [.. _history],
            Arrays =
            [
                .. _engine.Trained.SelectMany(pair =>
                    new[]
                    {
                        pair.Tensor.Values.ToArray(),
                        (float[])pair.State.First.Clone(),
                        (float[])pair.State.Second.Clone(),
                        (float[])pair.State.Average.Clone(),
                    }
                ),
                .. _engine.Weights.All.Where(tensor => tensor.IsBuffer).Select(tensor => tensor.Values.ToArray()),
                .. _best.Select(values => (float[])values.Clone()),
            ],
        };

    private void Restore(Checkpoint checkpoint)
    {
        var arrays = new Queue<float[]>(checkpoint.Arrays);
        foreach (var (tensor, state) in _engine.Trained)
        {
            arrays.Dequeue().CopyTo(tensor.Values);
            arrays.Dequeue().CopyTo(state.First, 0);
            arrays.Dequeue().CopyTo(state.Second, 0);
            arrays.Dequeue().CopyTo(state.Average, 0);
        }

        foreach (var tensor in _engine.Weights.All.Where(tensor => tensor.IsBuffer))
        {
            arrays.Dequeue().CopyTo(tensor.Values);
        }

        _best = [.. _best.Select(_ => (float[])arrays.Dequeue().Clone())];
        _state = new State(
            checkpoint.Epoch,
            checkpoint.Batch,
            checkpoint.Step,
            checkpoint.LossSum,
            checkpoint.RateFactor,
            checkpoint.SinceBest
        );
        _seconds = checkpoint.Seconds;
        _history.Clear();
        _history.AddRange(checkpoint.History);
    }

    /// <summary>A full disk must not cost hours of work: the run goes on, and says so in its notes.</summary>
    private void Save(Checkpoint checkpoint)
    {
        if (_input.Checkpoint is not { } path)
        {
            return;
        }

        try
        {
            checkpoint.Write(path);
        }
        catch (IOException exception)
        {
            _notes.Add($"the checkpoint at step {checkpoint.Step} could not be written ({exception.Message}); the run went on without it");
        }
    }

    private sealed record State(int Epoch, int Batch, long Step, double LossSum, double RateFactor, int SinceBest);

    /// <summary>Rates and averages for progress.</summary>
    private sealed class Meter(Tuner tuner, IProgress<TuningProgress>? progress)
    {
        private readonly Queue<(long Time, int Pictures)> _recent = [];
        private double _loss = double.NaN;

        public void Step(int pictures, double loss)
        {
            _loss = double.IsNaN(_loss) ? loss : _loss + ((loss - _loss) / LossWindow);
            var now = Stopwatch.GetTimestamp();
            _recent.Enqueue((now, pictures));
            while (_recent.Count > 2 && Stopwatch.GetElapsedTime(_recent.Peek().Time, now).TotalSeconds > 30)
            {
                _recent.Dequeue();
            }

            var seconds = Stopwatch.GetElapsedTime(_recent.Peek().Time, now).TotalSeconds;
            var rate = seconds > 0 ? _recent.Skip(1).Sum(entry => entry.Pictures) / seconds : 0;
            var (state, steps) = (tuner._state, tuner.Steps);
            var left = rate > 0 ? TimeSpan.FromSeconds((steps - state.Step) * (double)tuner._options.BatchSize / rate) : TimeSpan.Zero;
            progress?.Report(
                new TuningProgress(
                    state.Epoch + 1,
                    tuner._options.Epochs,
                    state.Step,
                    steps,
                    rate,
                    _loss,
                    tuner._history.Count > 0 ? tuner._history[^1].Accuracy : null,
                    left
                )
            );
        }
    }
}
