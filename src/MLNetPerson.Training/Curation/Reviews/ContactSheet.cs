using System.Collections.Immutable;
using System.Text.Json;
using MLNetPerson.Files;
using MLNetPerson.Images;

namespace MLNetPerson.Training.Curation.Reviews;

/// <summary>
/// A page with pictures to decide on, by key or click, and a button that exports the decisions as CSV. One HTML file that needs nothing
/// else: it works without a network, and remembers decisions in the browser.
/// </summary>
public sealed record ContactSheet
{
    /// <summary>A label for each picture.</summary>
    public static ImmutableArray<SheetChoice> Labels { get; } =
    [new("p", "person", "1", "#198754"), new("n", "none", "0", "#c2410c"), new("s", "skip", null, "#8a8a80")];

    /// <summary>Yes or no to each finding.</summary>
    public static ImmutableArray<SheetChoice> Verdicts { get; } =
    [new("y", "accept", "y", "#198754"), new("n", "reject", "n", "#c2410c"), new("s", "skip", "", "#8a8a80")];

    private const int ThumbnailSide = 360;
    private const int Quality = 80;
    private const string Resource = "curation/ContactSheet.html";
    private const string DataMark = "/*DATA*/";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web); // its encoder lets no '<' through

    /// <summary>The page's heading.</summary>
    public required string Title { get; init; }

    /// <summary>What the reader is asked.</summary>
    public required string Intro { get; init; }

    /// <summary>The exported file's name.</summary>
    public required string File { get; init; }

    /// <summary>The exported file's columns; the decision comes first.</summary>
    public required ImmutableArray<string> Columns { get; init; }

    /// <summary>The decisions.</summary>
    public required ImmutableArray<SheetChoice> Choices { get; init; }

    /// <summary>Whether pictures without a decision are exported too, with an empty first column.</summary>
    public bool KeepUndecided { get; init; }

    /// <summary>The pictures.</summary>
    public required ImmutableArray<SheetItem> Items { get; init; }

    /// <summary>Makes the page. A picture that cannot be read is shown as its name.</summary>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public string ToHtml(CancellationToken cancellation = default)
    {
        var reader = new ImageReader();
        var items = Items
            .AsParallel()
            .AsOrdered()
            .WithCancellation(cancellation)
            .Select(item => new
            {
                item.Name,
                item.Why,
                Cells = item.Cells.AsEnumerable(),
                Image = Thumbnail(reader, item.Path),
            })
            .ToList();
        var id = Sha256Text.OfBytes(
            JsonSerializer.SerializeToUtf8Bytes(new { Title, Items = Items.Select(item => item.Cells.AsEnumerable()) }, Json)
        )[..16];
        var data = JsonSerializer.Serialize(
            new
            {
                id,
                Title,
                Intro,
                File,
                Columns = Columns.AsEnumerable(),
                Choices = Choices.AsEnumerable(),
                KeepUndecided,
                Items = items,
            },
            Json
        );
        using var template = new StreamReader(typeof(ContactSheet).Assembly.GetManifestResourceStream(Resource)!);
        return template.ReadToEnd().Replace(DataMark, data, StringComparison.Ordinal);
    }

    private static string Thumbnail(ImageReader reader, string path)
    {
        try
        {
            var bytes = reader.ReadBytes(path);
            var header = reader.ReadHeader(bytes, path);
            var scale = Math.Min(1, (double)ThumbnailSide / Math.Max(header.Width, header.Height));
            var spec = new ImageSpec(Math.Max(1, (int)(header.Width * scale)), Math.Max(1, (int)(header.Height * scale)));
            var pixels = new byte[spec.ByteCount];
            reader.ReadResized(bytes, spec, pixels, path);
            return "data:image/jpeg;base64,"
                + Convert.ToBase64String(ImageWriter.EncodeJpeg(new RgbImage(spec.Width, spec.Height, pixels), Quality));
        }
        catch (ImageException)
        {
            return "";
        }
    }
}
