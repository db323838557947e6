using MLNetPerson.Images;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>What became of one row's picture.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Pixels">Where asked for.</param>
/// <param name="Features">Where asked for.</param>
/// <param name="Error">Why there is nothing, or null.</param>
internal sealed record PictureOutcome(string Name, byte[]? Pixels, float[]? Features, ImageException? Error);
