using MLNetPerson.Images;
using MLNetPerson.MLNet.Transforms;
using MLNetPerson.Packaging;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>How a package is applied inside a chain.</summary>
public sealed record ApplyPackageOptions
{
    /// <summary>
    /// One of the package's encodings. The float model by default: a saved zip may travel to a processor for which another encoding would
    /// be the better choice, and ML.NET cannot choose when it loads.
    /// </summary>
    public string Encoding { get; init; } = PackageEncoding.Float32;

    /// <summary>Folder that relative paths are below; null for the current directory.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>What a picture may ask for.</summary>
    public ImageLimits Limits { get; init; } = new();

    /// <summary>What happens to a row whose picture cannot be used.</summary>
    public BadImages OnBadImage { get; init; } = BadImages.Fail;

    /// <summary>Told of every row that was dropped.</summary>
    public Action<DroppedImage>? Dropped { get; init; }

    /// <summary>How the network is run.</summary>
    public PersonFeatureOptions Features { get; init; } = new();
}
