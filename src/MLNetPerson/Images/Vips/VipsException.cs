namespace MLNetPerson.Images.Vips;

/// <summary>libvips refused. Never leaves this room: it becomes an <see cref="ImageException"/>, which names the picture.</summary>
/// <param name="message">What is wrong with the picture.</param>
/// <param name="unsupported">The picture may be whole, but is of a kind that is not read; the message then says what to do.</param>
internal sealed class VipsException(string message, bool unsupported = false) : Exception(message)
{
    public bool IsUnsupported => unsupported;
}
