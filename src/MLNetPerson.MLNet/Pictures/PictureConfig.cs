using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using MLNetPerson.Images;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>What decides the pixels of a saved <c>LoadPersonImages</c>. It travels through the model's zip as a text constant.</summary>
internal sealed record PictureConfig(
    string InputColumn,
    string OutputColumn,
    string? Folder,
    int Width,
    int Height,
    ResizeKind Resize,
    long MaxPixels,
    long MaxBytes,
    int MaxFrames
)
{
    private static readonly ConcurrentDictionary<string, PictureConfig> Parsed = new(StringComparer.Ordinal);

    private ImageReader? _reader;

    [JsonIgnore]
    public ImageSpec Input => new(Width, Height, Resize);

    [JsonIgnore]
    public ImageReader Reader =>
        _reader ??= new ImageReader(
            new ImageLimits
            {
                MaxPixels = MaxPixels,
                MaxBytes = MaxBytes,
                MaxFrames = MaxFrames,
            }
        );

    public static PictureConfig Of(string inputColumn, string outputColumn, PersonImageOptions options) =>
        new(
            inputColumn,
            outputColumn,
            options.ImageFolder,
            options.Input.Width,
            options.Input.Height,
            options.Input.Resize,
            options.Limits.MaxPixels,
            options.Limits.MaxBytes,
            options.Limits.MaxFrames
        );

    /// <summary>The opposite of <see cref="ToText"/>. A model has one configuration and many rows, so that it is read once.</summary>
    public static PictureConfig Parse(ReadOnlyMemory<char> text) => Parsed.GetOrAdd(text.ToString(), ConfigText.Read<PictureConfig>);

    public string ToText() => ConfigText.Write(this);
}
