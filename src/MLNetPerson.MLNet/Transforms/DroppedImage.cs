using MLNetPerson.Images;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>A row that was left out because its picture cannot be used.</summary>
/// <param name="Name">The picture's path as the row gives it, or its row number where the row holds the picture itself.</param>
/// <param name="Fault">Which of the known reasons.</param>
/// <param name="Reason">What is wrong and what to do.</param>
public sealed record DroppedImage(string Name, ImageFault Fault, string Reason)
{
    /// <summary>For example "'a.jpg': there are no bytes in it. …".</summary>
    public override string ToString() => $"'{Name}': {Reason}";
}
