using MLNetPerson.Images;

namespace MLNetPerson.Training.Pages.Plots;

/// <summary>
/// Pictures beside each other as HTML that carries them itself. Photographs and drawings are told apart: who keeps a notebook's output in a
/// repository can take the photographs out of it, whose licence is not theirs to give: they are the <c>img</c> elements with
/// <c>data-photograph</c>.
/// </summary>
public static class PictureStrip
{
    private const int Side = 150;
    private const int Quality = 80;

    /// <summary>Photographs as small JPEGs. A picture that cannot be read is shown as the reason.</summary>
    public static string Photographs(IEnumerable<ShownPicture> pictures) =>
        Strip(
            pictures,
            (reader, picture) =>
                $"<img data-photograph=\"{HtmlText.Of(Path.GetFileName(picture.Path))}\" alt=\"\" style=\"{Style(picture)}\" "
                + $"src=\"data:image/jpeg;base64,{Convert.ToBase64String(ImageWriter.EncodeJpeg(Small(reader, picture.Path), Quality))}\">"
        );

    /// <summary>Drawings of one's own as small PNGs.</summary>
    public static string Drawings(IEnumerable<ShownPicture> pictures) =>
        Strip(
            pictures,
            (reader, picture) =>
                $"<img alt=\"\" style=\"{Style(picture)}\" src=\"data:image/png;base64,"
                + $"{Convert.ToBase64String(ImageWriter.EncodePng(Small(reader, picture.Path)))}\">"
        );

    private static string Strip(IEnumerable<ShownPicture> pictures, Func<ImageReader, ShownPicture, string> show)
    {
        var reader = new ImageReader();
        return $"<div style=\"display:flex;flex-wrap:wrap;gap:12px\">\n{string.Concat(pictures.AsParallel().AsOrdered().Select(picture =>
            $"<figure style=\"margin:0;max-width:{Side + 10}px\">{Shown(reader, picture, show)}<figcaption style=\"font-size:small\">"
                + $"{HtmlText.Of(picture.Caption)}</figcaption></figure>\n"))}</div>";
    }

    private static string Shown(ImageReader reader, ShownPicture picture, Func<ImageReader, ShownPicture, string> show)
    {
        try
        {
            return show(reader, picture);
        }
        catch (ImageException exception)
        {
            return $"<em>{HtmlText.Of(exception.Message)}</em>";
        }
    }

    private static string Style(ShownPicture picture) => picture.Border is { } colour ? $"border:4px solid {HtmlText.Of(colour)}" : "";

    private static RgbImage Small(ImageReader reader, string path)
    {
        var bytes = reader.ReadBytes(path);
        var header = reader.ReadHeader(bytes, path);
        var scale = Math.Min(1, (double)Side / Math.Max(header.Width, header.Height));
        var spec = new ImageSpec(Math.Max(1, (int)(header.Width * scale)), Math.Max(1, (int)(header.Height * scale)));
        var pixels = new byte[spec.ByteCount];
        reader.ReadResized(bytes, spec, pixels, path);
        return new RgbImage(spec.Width, spec.Height, pixels);
    }
}
