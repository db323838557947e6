using MLNetPerson.Images;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>How <c>LoadPersonImages</c> reads pictures. The defaults are those of prediction.</summary>
public sealed record PersonImageOptions
{
    /// <summary>The size to make, and how: the recipe's or the package's input.</summary>
    public required ImageSpec Input { get; init; }

    /// <summary>Folder that relative paths are below; null for the current directory. Saved with the model.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>What a picture may ask for. Saved with the model.</summary>
    public ImageLimits Limits { get; init; } = new();

    /// <summary>What happens to a row whose picture cannot be used. Not saved: a model read back by ML.NET itself fails.</summary>
    public BadImages OnBadImage { get; init; } = BadImages.Fail;

    /// <summary>Told of every row that was dropped, on the thread that reads the rows; each pass over the data tells again.</summary>
    public Action<DroppedImage>? Dropped { get; init; }

    /// <summary>Pictures in work at a time while rows are read. Range [0, ∞); 0 is one a core.</summary>
    public int Parallelism { get; init; }

    /// <summary>Says what is wrong with the values, or null.</summary>
    public string? Fault() =>
        Input.Fault()
        ?? Limits.Fault()
        ?? (
            !Enum.IsDefined(OnBadImage)
                ? $"{nameof(OnBadImage)} is {(int)OnBadImage}, which is none of {string.Join(", ", Enum.GetNames<BadImages>())}"
            : Parallelism < 0 ? $"{nameof(Parallelism)} is {Parallelism}, below 0"
            : null
        );
}
