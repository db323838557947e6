using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Detection;

/// <summary>The boxes that a model gives for one picture before suppression.</summary>
/// <param name="Boxes">[count, 4] left, top, right, bottom as shares of the input.</param>
/// <param name="Probabilities">[count].</param>
/// <param name="PictureWidth">Of the file, pixels.</param>
/// <param name="PictureHeight">Of the file, pixels.</param>
internal sealed record PictureCandidates(float[] Boxes, float[] Probabilities, int PictureWidth, int PictureHeight);

/// <summary>Asks a detector's model for its boxes before suppression on many pictures, on all cores: what searches and evaluations work
/// on.</summary>
internal static class Candidates
{
    /// <summary>Candidates of less than this are not kept: no threshold that a search tries is below.</summary>
    public const float Floor = 0.001f;

    /// <summary>Candidates of a picture that are kept at most, the most probable ones.</summary>
    private const int Most = 1000;

    /// <summary>Asks.</summary>
    /// <param name="model">A model file of a detector: boxes and probabilities.</param>
    /// <param name="input">What it takes.</param>
    /// <param name="pictures">In the order of the result.</param>
    /// <param name="limits">What a picture may ask for.</param>
    /// <param name="skipped">Receives pictures that cannot be used; the result is null for them.</param>
    /// <param name="progress">Told of every picture, from several threads.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public static PictureCandidates?[] Ask(
        byte[] model,
        ImageSpec input,
        IReadOnlyList<BoxedPicture> pictures,
        ImageLimits limits,
        ICollection<SkippedSample> skipped,
        IProgress<FeatureProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var result = new PictureCandidates?[pictures.Count];
        var bad = new ConcurrentDictionary<int, string>();
        var reader = new ImageReader(limits);
        using var loaded = OnnxModel.Load(model, "the detector", new OnnxModelOptions { Threads = 1 });
        using var pixels = new ThreadLocal<byte[]>(() => new byte[input.ByteCount]);
        var done = 0;
        try
        {
            Parallel.ForEach(
                Partitioner.Create(Enumerable.Range(0, pictures.Count), EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { CancellationToken = cancellation },
                index =>
                {
                    var sample = pictures[index].Sample;
                    try
                    {
                        var bytes = reader.ReadBytes(sample.Path);
                        var header = reader.ReadHeader(bytes, sample.File);
                        reader.ReadResized(bytes, input, pixels.Value!, sample.File);
                        var outputs = loaded.Run<byte>(
                            pixels.Value!,
                            [1, input.Height, input.Width, 3],
                            [DetectorTail.BoxesName, DetectorTail.ProbabilitiesName]
                        );
                        result[index] = Keep(outputs[0].Values, outputs[1].Values, header.Width, header.Height);
                    }
                    catch (ImageException exception)
                    {
                        bad[index] = exception.Reason;
                    }

                    progress?.Report(new FeatureProgress(Interlocked.Increment(ref done), pictures.Count, 0, bad.Count));
                }
            );
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        foreach (var (index, reason) in bad.OrderBy(entry => entry.Key))
        {
            skipped.Add(new SkippedSample(pictures[index].Sample, reason));
        }

        return result;
    }

    /// <summary>What is left after suppression, in the pixels that the picture's annotated boxes count in.</summary>
    public static ImmutableArray<FoundBox> Suppress(
        PictureCandidates candidates,
        BoxedPicture picture,
        ImageSpec input,
        SuppressionOptions options
    )
    {
        var plan = ResizePlan.For(candidates.PictureWidth, candidates.PictureHeight, input);
        var found = ImmutableArray.CreateBuilder<FoundBox>();
        foreach (
            var index in NonMaximumSuppression.Select(
                candidates.Boxes,
                candidates.Probabilities,
                (float)options.IouThreshold,
                (float)options.ScoreThreshold,
                options.MostBoxes
            )
        )
        {
            if (InPicture(candidates, index, plan, input, picture) is { } box)
            {
                found.Add(box);
            }
        }

        return found.ToImmutable();
    }

    /// <summary>One box in the pixels that the picture's annotated boxes count in; null where nothing of it is inside.</summary>
    public static FoundBox? InPicture(PictureCandidates candidates, int index, ResizePlan plan, ImageSpec input, BoxedPicture picture)
    {
        Span<float> row = stackalloc float[SuppressionPart.Columns];
        row[1] = candidates.Probabilities[index];
        candidates.Boxes.AsSpan(index * 4, 4).CopyTo(row[2..]);
        var (x, y) = ((double)picture.Width / candidates.PictureWidth, (double)picture.Height / candidates.PictureHeight);
        return PersonDetector.InPicture(plan, input, row, candidates.PictureWidth, candidates.PictureHeight) is { } person
            ? new FoundBox(person.Probability, person.Left * x, person.Top * y, person.Width * x, person.Height * y)
            : null;
    }

    /// <summary>All pictures that could be used, judged at some thresholds.</summary>
    public static List<JudgedBoxes> Judge(
        IReadOnlyList<PictureCandidates?> candidates,
        IReadOnlyList<BoxedPicture> pictures,
        ImageSpec input,
        SuppressionOptions options
    ) =>
        [
            .. candidates
                .Zip(pictures)
                .Where(pair => pair.First is not null)
                .AsParallel()
                .AsOrdered()
                .Select(pair => new JudgedBoxes(pair.Second.Truth, Suppress(pair.First!, pair.Second, input, options))),
        ];

    private static PictureCandidates Keep(float[] boxes, float[] probabilities, int width, int height)
    {
        var kept = Enumerable
            .Range(0, probabilities.Length)
            .Where(i => probabilities[i] >= Floor)
            .OrderByDescending(i => probabilities[i])
            .Take(Most)
            .ToList();
        var (some, shares) = (new float[kept.Count * 4], new float[kept.Count]);
        for (var i = 0; i < kept.Count; i++)
        {
            boxes.AsSpan(kept[i] * 4, 4).CopyTo(some.AsSpan(i * 4));
            shares[i] = probabilities[kept[i]];
        }

        return new PictureCandidates(some, shares, width, height);
    }
}
