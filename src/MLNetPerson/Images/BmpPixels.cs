namespace MLNetPerson.Images;

/// <summary>A decoded bitmap: [height, width, channels] bytes, 3 channels RGB or 4 RGBA.</summary>
internal readonly record struct BmpPixels(byte[] Pixels, int Channels);
