namespace MLNetPerson.Images;

/// <summary>How a picture of any shape becomes the model's shape. All kinds are antialiased.</summary>
public enum ResizeKind
{
    /// <summary>Both sides are scaled to fit, the aspect ratio is not kept. Everything in the picture stays visible.</summary>
    Squash,

    /// <summary>Scaled to fit inside, centred, the rest filled with grey 128.</summary>
    Pad,

    /// <summary>Scaled to cover, what stands over is cut off on both sides alike.</summary>
    CenterCrop,
}
