namespace MLNetPerson.Images;

/// <summary>A picture cannot be used. The message names it, says why, and what would help.</summary>
/// <param name="fault">Which of the known reasons.</param>
/// <param name="name">The picture's path, or what the caller called it.</param>
/// <param name="reason">What is wrong and what to do, without the name.</param>
/// <param name="inner">The error underneath, if any.</param>
public sealed class ImageException(ImageFault fault, string name, string reason, Exception? inner = null)
    : Exception($"'{name}': {reason}", inner)
{
    /// <summary>Which of the known reasons.</summary>
    public ImageFault Fault => fault;

    /// <summary>The picture's path, or what the caller called it.</summary>
    public string Name => name;

    /// <summary>What is wrong and what to do, without the name.</summary>
    public string Reason => reason;
}
