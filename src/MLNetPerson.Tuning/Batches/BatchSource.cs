using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;
using MLNetPerson.Images;
using MLNetPerson.Training.Import;

namespace MLNetPerson.Tuning.Batches;

/// <summary>How batches are made.</summary>
public sealed record BatchOptions
{
    /// <summary>Pictures in a step. Range [1, 1024].</summary>
    public int Size { get; init; } = 32;

    /// <summary>How pictures are varied.</summary>
    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>How much of a target is the teacher's answer, where there is one. Range [0, 1].</summary>
    public double TeacherShare { get; init; } = 0.5;

    /// <summary>Moves hard labels towards one half by this much on both sides. Range [0, 0.5). C. Szegedy et al., Rethinking the inception
    /// architecture, CVPR 2016, section 7.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Which persons count, for the labels of crops.</summary>
    public LabelRule Rule { get; init; } = new();

    /// <summary>Seeds order and variations.</summary>
    public int Seed { get; init; } = 17;

    /// <summary>What a picture may ask for.</summary>
    public ImageLimits Limits { get; init; } = new();
}

/// <summary>
/// Makes batches ahead on threads of its own, so that the network never waits: decoding and resampling by the code that prediction uses. A
/// batch depends on the seed, the epoch and its place alone, not on timing.
/// </summary>
internal sealed class BatchSource
{
    /// <summary>Batches that may wait: more would only cost memory.</summary>
    private const int Ahead = 2;

    /// <summary>A picture much larger than needed is shrunk while it is decoded; this much larger than the input it stays sharp enough for
    /// crops.</summary>
    private const double Reserve = 1.6;

    private readonly ImmutableArray<TrainingPicture> _pictures;
    private readonly BatchOptions _options;
    private readonly ImageReader _reader;
    private readonly Func<RgbImage, Augmentation, double>? _teacher;
    private long _waited;

    /// <param name="pictures">To learn from.</param>
    /// <param name="options">How.</param>
    /// <param name="teacher">Answers for a varied picture, from several threads; null where answers are stored or nobody teaches.</param>
    public BatchSource(ImmutableArray<TrainingPicture> pictures, BatchOptions options, Func<RgbImage, Augmentation, double>? teacher = null)
    {
        (_pictures, _options, _teacher) = (pictures, options, teacher);
        _reader = new ImageReader(options.Limits);
    }

    /// <summary>Batches of an epoch; the last incomplete one is left out where there is a whole one.</summary>
    public int PerEpoch => Math.Max(1, _pictures.Length / _options.Size);

    /// <summary>Time that readers waited for batches.</summary>
    public TimeSpan Waited => TimeSpan.FromTicks(Interlocked.Read(ref _waited));

    /// <summary>An epoch's batches, from one of them on.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="from">Index of the first batch.</param>
    /// <param name="spec">The input's size.</param>
    /// <param name="cancellation">Ends it.</param>
    public IEnumerable<Batch> Epoch(int epoch, int from, ImageSpec spec, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var channel = Channel.CreateBounded<Batch>(new BoundedChannelOptions(Ahead) { SingleWriter = true, SingleReader = true });
        var order = new Dice(_options.Seed, epoch, -1).Shuffle(_pictures.Length);
        var maker = Task.Factory.StartNew(
            () => Fill(channel.Writer, order, epoch, from, spec, stop.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        try
        {
            while (true)
            {
                var started = Stopwatch.GetTimestamp();
                var there = channel.Reader.WaitToReadAsync(cancellation).AsTask().GetAwaiter().GetResult();
                Interlocked.Add(ref _waited, Stopwatch.GetElapsedTime(started).Ticks);
                if (!there)
                {
                    break;
                }

                while (channel.Reader.TryRead(out var batch))
                {
                    yield return batch;
                }
            }

            maker.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            try
            {
                maker.Wait(CancellationToken.None);
            }
            catch (AggregateException)
            {
                // It was told above, or the reader has left.
            }
        }
    }

    /// <summary>One batch, made at once on the caller's thread.</summary>
    public Batch Make(int[] order, int epoch, int index, ImageSpec spec)
    {
        var size = Math.Min(_options.Size, _pictures.Length);
        var batch = new Batch(
            new byte[size * spec.ByteCount],
            spec.Height,
            spec.Width,
            new float[size],
            new float[size],
            [.. order.AsSpan(index * size, size)]
        );
        for (var i = 0; i < size; i++)
        {
            Render(batch, i, epoch, spec);
        }

        if (_options.Augmentation.Mixup > 0)
        {
            Mix(batch, epoch, index, spec);
        }

        return batch;
    }

    private void Fill(ChannelWriter<Batch> writer, int[] order, int epoch, int from, ImageSpec spec, CancellationToken stop)
    {
        try
        {
            for (var index = from; index < PerEpoch; index++)
            {
                stop.ThrowIfCancellationRequested();
                writer.WriteAsync(Make(order, epoch, index, spec), stop).AsTask().GetAwaiter().GetResult();
            }

            writer.Complete();
        }
        catch (Exception exception)
        {
            writer.Complete(exception);
        }
    }

    private void Render(Batch batch, int place, int epoch, ImageSpec spec)
    {
        var picture = _pictures[batch.Pictures[place]];
        var dice = new Dice(_options.Seed, epoch, batch.Pictures[place]);
        var drawn = Augmentation.Draw(ref dice, _options.Augmentation, picture, _options.Rule with { Input = spec });
        var image = Decode(picture.Sample, spec, drawn);
        drawn.Render(image, spec, batch.Pixels.AsSpan(place * spec.ByteCount, spec.ByteCount));
        batch.Weights[place] = (float)picture.Weight;
        batch.Targets[place] = (float)Target(picture, drawn, image);
    }

    private double Target(TrainingPicture picture, Augmentation drawn, RgbImage image)
    {
        double label = drawn.IsPerson ? 1 - _options.LabelSmoothing : _options.LabelSmoothing;

        // A stored answer is of the whole picture; of a crop that shows nobody it says nothing.
        var soft =
            _teacher is not null ? _teacher(image, drawn)
            : drawn.IsPerson == picture.Sample.IsPerson ? picture.Soft
            : null;
        return soft is { } answer ? label + (_options.TeacherShare * (answer - label)) : label;
    }

    private RgbImage Decode(MLNetPerson.Training.Datasets.Sample sample, ImageSpec spec, Augmentation drawn)
    {
        var bytes = _reader.ReadBytes(sample.Path);
        var header = _reader.ReadHeader(bytes, sample.File);
        var least = Reserve * Math.Max(spec.Width / drawn.Crop.Width, spec.Height / drawn.Crop.Height);
        var shrink = least / Math.Min(header.Width, header.Height);
        if (shrink >= 1 || _teacher is not null)
        {
            return _reader.Read(bytes, sample.File);
        }

        var (width, height) = ((int)Math.Ceiling(header.Width * shrink), (int)Math.Ceiling(header.Height * shrink));
        var pixels = new byte[width * height * 3];
        _reader.ReadResized(bytes, new ImageSpec(width, height), pixels, sample.File);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Each picture with its neighbour in the batch, both in one ratio drawn from Beta(α, α).</summary>
    private void Mix(Batch batch, int epoch, int index, ImageSpec spec)
    {
        var dice = new Dice(_options.Seed, epoch, -2 - index);
        var alpha = _options.Augmentation.Mixup;
        double a,
            b;
        do
        {
            // Jöhnk's method: right for every α, quick for those up to 2.
            (a, b) = (Math.Pow(dice.Uniform(), 1 / alpha), Math.Pow(dice.Uniform(), 1 / alpha));
        } while (a + b is > 1 or 0);

        var share = (float)(a / (a + b));
        var (pixels, targets, weights) = ((byte[])batch.Pixels.Clone(), (float[])batch.Targets.Clone(), (float[])batch.Weights.Clone());
        for (var i = 0; i < batch.Count; i++)
        {
            var other = (i + 1) % batch.Count;
            batch.Targets[i] = (share * targets[i]) + ((1 - share) * targets[other]);
            batch.Weights[i] = (share * weights[i]) + ((1 - share) * weights[other]);
            var (own, from) = (i * spec.ByteCount, other * spec.ByteCount);
            for (var p = 0; p < spec.ByteCount; p++)
            {
                batch.Pixels[own + p] = (byte)((share * pixels[own + p]) + ((1 - share) * pixels[from + p]) + 0.5f);
            }
        }
    }
}
