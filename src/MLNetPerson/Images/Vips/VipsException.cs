namespace MLNetPerson.Images.Vips;

/// <summary>libvips refused. Never leaves this room: it becomes an <see cref="ImageException"/>, which names the picture.</summary>
internal sealed class VipsException(string message) : Exception(message);
