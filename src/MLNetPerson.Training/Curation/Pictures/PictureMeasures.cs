namespace MLNetPerson.Training.Curation.Pictures;

/// <summary>What a picture's pixels say about it, without a network.</summary>
public sealed record PictureMeasures
{
    /// <summary>Hash of the file.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Pixels, upright.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels, upright.</summary>
    public required int Height { get; init; }

    /// <summary>Mean grey, 0 black to 255 white.</summary>
    public required double MeanGrey { get; init; }

    /// <summary>Standard deviation of grey, 0 to 127.5. Near 0 the picture is one uniform area.</summary>
    public required double Contrast { get; init; }

    /// <summary>0 sharp to 1 blurred: see <see cref="BlurMeasure"/>.</summary>
    public required double Blur { get; init; }

    /// <summary>See <see cref="PerceptualHash"/>.</summary>
    public required ulong Hash { get; init; }

    /// <summary>[<see cref="Thumbnails.Side"/>, <see cref="Thumbnails.Side"/>] grey, the whole picture squashed.</summary>
    internal byte[] Thumbnail { get; init; } = [];

    /// <summary>Longer side ÷ shorter side.</summary>
    public double Aspect => (double)Math.Max(Width, Height) / Math.Min(Width, Height);
}
