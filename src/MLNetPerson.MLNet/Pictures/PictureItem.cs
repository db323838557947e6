using MLNetPerson.Images;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>One row's picture, before any work on it: a path, an encoded picture, decoded ones of any size, or a model's input as it
/// is.</summary>
/// <param name="Name">What to call it in an error.</param>
/// <param name="Content">A <see cref="string"/>, encoded <see cref="byte"/>s, an <see cref="RgbImage"/>, or
/// <see cref="ReadyPixels"/>.</param>
internal readonly record struct PictureItem(string Name, object Content)
{
    /// <summary>Brings it to the model's input.</summary>
    /// <exception cref="ImageException">It cannot be used.</exception>
    public void Decode(PictureConfig? config, Span<byte> pixels)
    {
        switch (Content)
        {
            case ReadyPixels ready:
                ready.Bytes.CopyTo(pixels);
                break;
            case RgbImage image:
                ImageReader.Resize(image.Pixels, image.Width, image.Height, config!.Input, pixels);
                break;
            case byte[] encoded:
                config!.Reader.ReadResized(encoded, config.Input, pixels, Name);
                break;
            default:
                var path = (string)Content;
                if (path.Length == 0)
                {
                    throw new ImageException(
                        ImageFault.Unreadable,
                        Name,
                        "the row names no picture. Fill the column, or leave the row out."
                    );
                }

                config!.Reader.ReadResized(
                    config.Reader.ReadBytes(config.Folder is { } folder ? Path.Combine(folder, path) : path),
                    config.Input,
                    pixels,
                    Name
                );
                break;
        }
    }
}
