namespace MLNetPerson.Images;

/// <summary>What a picture's header says, before any pixel is decoded.</summary>
/// <param name="Format">Told by content.</param>
/// <param name="Width">Pixels as seen upright: after EXIF orientation.</param>
/// <param name="Height">Pixels as seen upright: after EXIF orientation.</param>
/// <param name="Frames">Frames or pages; 1 for a still picture.</param>
public readonly record struct ImageHeader(ImageFormat Format, int Width, int Height, int Frames);
