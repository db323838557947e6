using MLNetPerson.Images;

namespace MLNetPerson.Training.Import;

/// <summary>A picture's size where its source does not say: out of the file's header.</summary>
internal static class PictureSize
{
    private static readonly ImageReader Reader = new();

    /// <summary>Width and height, upright; 0 x 0 where the file is missing or no picture, which is found out later with a reason.</summary>
    public static (int Width, int Height) Read(string path)
    {
        try
        {
            var header = Reader.ReadHeader(Reader.ReadBytes(path), path);
            return (header.Width, header.Height);
        }
        catch (ImageException)
        {
            return (0, 0);
        }
    }
}
