using MLNetPerson.Inference;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>What is made of a source column's pictures.</summary>
internal sealed record PictureWork
{
    /// <summary>The source's column of pictures, or of pixels that are ready.</summary>
    public required string Source { get; init; }

    /// <summary>How pictures are decoded; null where the column holds pixels that are ready.</summary>
    public PictureConfig? Config { get; init; }

    /// <summary>The column of pixels to make, or null.</summary>
    public string? ImageColumn { get; init; }

    /// <summary>The column of the network's output to make, or null.</summary>
    public string? FeatureColumn { get; init; }

    /// <summary>The network, loaded when the first row asks for it.</summary>
    public Lazy<OnnxModel>? Network { get; init; }

    /// <summary>Values that the network gives for a picture.</summary>
    public int FeatureCount { get; init; }

    /// <summary>[1, height, width, 3], the network's input for one picture.</summary>
    public long[] InputShape { get; init; } = [];

    public BadImages OnBadImage { get; init; }

    public Action<DroppedImage>? Dropped { get; init; }

    /// <summary>Bytes of one picture at the model's size.</summary>
    public required int ByteCount { get; init; }

    public required int BatchSize { get; init; }

    public required int Parallelism { get; init; }
}
