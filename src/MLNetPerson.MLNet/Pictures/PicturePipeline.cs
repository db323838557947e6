using System.Buffers;
using Microsoft.ML;
using MLNetPerson.Images;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>Reads ahead in the source's column of pictures and works on several batches at a time; outcomes come in the rows'
/// order.</summary>
internal sealed class PicturePipeline(PictureWork work, bool wantsPixels, bool wantsFeatures)
{
    public IEnumerable<PictureOutcome> Run(IDataView source)
    {
        var workers = work.Parallelism == 0 ? Environment.ProcessorCount : work.Parallelism;
        using var ahead = new AheadReader<PictureItem[], PictureOutcome[]>(Batches(source).GetEnumerator(), workers, Work);
        while (ahead.TryRead(out var batch))
        {
            foreach (var outcome in batch!)
            {
                yield return outcome;
            }
        }
    }

    private IEnumerable<PictureItem[]> Batches(IDataView source)
    {
        var column = source.Schema[work.Source];
        using var cursor = source.GetRowCursor([column]);
        var read = PictureItems.Reader(cursor, column, ready: work.Config is null);
        var batch = new List<PictureItem>(work.BatchSize);
        while (cursor.MoveNext())
        {
            batch.Add(read());
            if (batch.Count == work.BatchSize)
            {
                yield return [.. batch];
                batch.Clear();
            }
        }

        if (batch.Count > 0)
        {
            yield return [.. batch];
        }
    }

    private PictureOutcome[] Work(PictureItem[] items)
    {
        var size = work.ByteCount;
        var pixels = ArrayPool<byte>.Shared.Rent(items.Length * size);
        try
        {
            // Good pictures lie one after another in the buffer, so that one run of the network takes them all.
            var (outcomes, places, good) = (new PictureOutcome[items.Length], new int[items.Length], 0);
            for (var i = 0; i < items.Length; i++)
            {
                var slice = pixels.AsSpan(good * size, size);
                try
                {
                    items[i].Decode(work.Config, slice);
                    places[i] = good++;
                    outcomes[i] = new PictureOutcome(items[i].Name, wantsPixels ? slice.ToArray() : null, null, null);
                }
                catch (ImageException exception)
                {
                    outcomes[i] = new PictureOutcome(items[i].Name, null, null, exception);
                }
            }

            return wantsFeatures && good > 0 ? WithFeatures(outcomes, places, pixels.AsMemory(0, good * size), good) : outcomes;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private PictureOutcome[] WithFeatures(PictureOutcome[] outcomes, int[] places, Memory<byte> pixels, int good)
    {
        var features = new float[good * work.FeatureCount];
        work.Network!.Value.Run(pixels, [good, .. work.InputShape[1..]], features);
        return
        [
            .. outcomes.Select(
                (outcome, i) =>
                    outcome.Error is null
                        ? outcome with
                        {
                            Features = features.AsSpan(places[i] * work.FeatureCount, work.FeatureCount).ToArray(),
                        }
                        : outcome
            ),
        ];
    }
}
