using System.Buffers.Binary;
using System.Collections.Concurrent;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Curation.Pictures;

/// <summary>Pictures' measures in a folder that many processes share, beside their features.</summary>
internal static class MeasureCache
{
    /// <summary>Raised whenever a measure changes.</summary>
    private const string Ending = ".measures1";

    private const int ThumbnailBytes = Thumbnails.Side * Thumbnails.Side;
    private const int PayloadBytes = (2 * sizeof(int)) + (3 * sizeof(double)) + sizeof(ulong) + ThumbnailBytes;

    /// <summary>Measures one shard's pictures.</summary>
    /// <param name="samples">The whole dataset.</param>
    /// <param name="shard">Which part is this process's.</param>
    /// <param name="options">With the shared folder.</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellation">Ends the work; what was done is kept.</param>
    public static ShardReport Measure(
        IEnumerable<Sample> samples,
        Shard shard,
        FeatureOptions options,
        IProgress<FeatureProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var records = Open(options.SharedFolder!, shard);
        var meter = new PictureMeter(options.Limits);
        using var work = new SharedWork(
            records,
            PayloadBytes,
            shard,
            options,
            (sample, picture, payload) => Write(meter.Measure(picture, sample.File), payload),
            progress
        );
        return work.Run(samples, null, cancellation);
    }

    /// <summary>Like <see cref="PictureMeter.MeasureMany"/>, with what is in the folder; the rest is measured and added.</summary>
    public static (PictureMeasures? Measures, ImageException? Error)[] MeasureMany(
        IReadOnlyList<Sample> samples,
        FeatureOptions options,
        IProgress<FeatureProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var records = Open(options.SharedFolder!, Shard.Whole);
        using var names = new NameLedger(options.SharedFolder!);
        var (meter, reader) = (new PictureMeter(options.Limits), new ImageReader(options.Limits));
        var results = new (PictureMeasures?, ImageException?)[samples.Count];
        var (done, cached, bad) = (0, 0, 0);
        Parallel.ForEach(
            Partitioner.Create(Enumerable.Range(0, samples.Count), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { CancellationToken = cancellation },
            index =>
            {
                try
                {
                    results[index] = (One(samples[index]), null);
                }
                catch (ImageException exception)
                {
                    results[index] = (null, exception);
                    Interlocked.Increment(ref bad);
                }

                progress?.Report(new FeatureProgress(Interlocked.Increment(ref done), samples.Count, cached, bad));
            }
        );
        return results;

        PictureMeasures One(Sample sample)
        {
            var payload = new byte[PayloadBytes];
            var (hash, picture) = (PictureFile.Known(sample, names, out _), (byte[]?)null);
            if (hash is null)
            {
                picture = PictureFile.Read(reader, sample, out hash);
            }

            if (records.TryRead(Convert.FromHexString(hash), payload))
            {
                Interlocked.Increment(ref cached);
                return Read(hash, payload);
            }

            var measures = meter.Measure(picture ?? PictureFile.Read(reader, sample, out hash), sample.File);
            Write(measures, payload);
            records.Write(Convert.FromHexString(hash), payload);
            return measures;
        }
    }

    private static RecordFolder Open(string folder, Shard shard) => new(folder, PayloadBytes, Ending, shard.IsWhole ? null : shard.Owns);

    private static void Write(PictureMeasures measures, Span<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(payload, measures.Width);
        BinaryPrimitives.WriteInt32LittleEndian(payload[4..], measures.Height);
        BinaryPrimitives.WriteDoubleLittleEndian(payload[8..], measures.MeanGrey);
        BinaryPrimitives.WriteDoubleLittleEndian(payload[16..], measures.Contrast);
        BinaryPrimitives.WriteDoubleLittleEndian(payload[24..], measures.Blur);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[32..], measures.Hash);
        measures.Thumbnail.CopyTo(payload[40..]);
    }

    private static PictureMeasures Read(string sha256, ReadOnlySpan<byte> payload) =>
        new()
        {
            Sha256 = sha256,
            Width = BinaryPrimitives.ReadInt32LittleEndian(payload),
            Height = BinaryPrimitives.ReadInt32LittleEndian(payload[4..]),
            MeanGrey = BinaryPrimitives.ReadDoubleLittleEndian(payload[8..]),
            Contrast = BinaryPrimitives.ReadDoubleLittleEndian(payload[16..]),
            Blur = BinaryPrimitives.ReadDoubleLittleEndian(payload[24..]),
            Hash = BinaryPrimitives.ReadUInt64LittleEndian(payload[32..]),
            Thumbnail = payload[40..].ToArray(),
        };
}
