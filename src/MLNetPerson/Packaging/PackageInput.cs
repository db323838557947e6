using MLNetPerson.Images;

namespace MLNetPerson.Packaging;

/// <summary>The input tensor of every model of a package.</summary>
public sealed record PackageInput
{
    /// <summary>The tensor's name.</summary>
    public string Tensor { get; init; } = "image";

    /// <summary>Element type.</summary>
    public string Type { get; init; } = "uint8";

    /// <summary>Order of the dimensions; N is open.</summary>
    public string Layout { get; init; } = "NHWC";

    /// <summary>Order of the channels.</summary>
    public string Channels { get; init; } = "RGB";

    /// <summary>Lowest and highest value of a channel. Nothing is to be normalised outside the model.</summary>
    public IReadOnlyList<int> Range { get; init; } = [0, 255];

    /// <summary>Pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    /// <summary>How other shapes are fitted in.</summary>
    public required ResizeKind Resize { get; init; }

    /// <summary>The resampling filter that the training pictures went through: see models/README.md.</summary>
    public string Resampling { get; init; } = "triangle, antialiased, 8-bit";

    /// <summary>The same as the room Images puts it.</summary>
    public ImageSpec ToSpec() => new(Width, Height, Resize);
}
