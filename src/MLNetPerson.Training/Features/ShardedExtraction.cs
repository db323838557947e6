using System.Runtime.InteropServices;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Features;

/// <summary>
/// Extracts one shard's features into a folder that many processes share, and keeps nothing in memory: datasets may be larger than it. Two
/// processes with the same shard do the same work twice and harm nothing; one that was killed goes on where it stopped.
/// </summary>
public static class ShardedExtraction
{
    /// <summary>Extracts.</summary>
    /// <param name="network">What makes the features.</param>
    /// <param name="samples">The whole dataset, in any order; gone through once. Pictures of other shards are not decoded, and not opened
    /// where the dataset says their hash.</param>
    /// <param name="shard">Which part is this process's.</param>
    /// <param name="options">With the shared folder.</param>
    /// <param name="progress">Told after each sample, from several threads; its total is 0 where the dataset's size is not known.</param>
    /// <param name="clock">This machine's; null for the system's.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    /// <exception cref="FeatureException">The folder is another recipe's, or more pictures than <see cref="FeatureOptions.MaxBad"/>
    /// allows, or all of them, could not be used.</exception>
    /// <exception cref="DatasetException">The dataset has a fault.</exception>
    /// <exception cref="OnnxModelException">The network fails.</exception>
    /// <exception cref="IOException">The folder cannot be written; what was done is kept.</exception>
    public static ShardReport Run(
        FeatureNetwork network,
        IEnumerable<Sample> samples,
        Shard shard,
        FeatureOptions options,
        IProgress<FeatureProgress>? progress = null,
        TimeProvider? clock = null,
        CancellationToken cancellation = default
    )
    {
        var folder = options.SharedFolder ?? throw new ArgumentException("An extraction by shards needs a shared folder.", nameof(options));
        using var records = FeatureCache.Records(SharedCache.Open(folder, network, mayCreate: true), network.Width, shard);
        var reader = new ImageReader(options.Limits);
        var spec = network.Input;
        using var pixels = new ThreadLocal<byte[]>(() => new byte[spec.ByteCount]);
        using var row = new ThreadLocal<float[]>(() => new float[network.Width]);
        var model = new Lazy<OnnxModel>(() => OnnxModel.Load(network.Bytes, network.Card.Name, new OnnxModelOptions { Threads = 1 }));
        using var work = new SharedWork(
            records,
            network.Width * sizeof(float),
            shard,
            options,
            (sample, picture, payload) =>
            {
                reader.ReadResized(picture, spec, pixels.Value!, sample.File);
                model.Value.Run<byte>(pixels.Value!, [1, spec.Height, spec.Width, 3], row.Value!);
                MemoryMarshal.AsBytes(row.Value.AsSpan()).CopyTo(payload);
            },
            progress
        );
        try
        {
            return work.Run(samples, clock, cancellation);
        }
        finally
        {
            if (model.IsValueCreated)
            {
                model.Value.Dispose();
            }
        }
    }
}
