using System.Text.Json;
using MLNetPerson.Files;
using MLNetPerson.Training.Datasets;
using Parquet;
using Parquet.Schema;
using Parquet.Serialization;

namespace MLNetPerson.Training.Import;

/// <summary>
/// Parquet files as Hugging Face stores data sets of pictures: a column of pictures ({bytes, path}, or bytes alone), and <c>label</c> or
/// <c>objects</c>. The pictures are written out below the dataset. Names of classes are in the file's metadata.
/// </summary>
/// <remarks>https://huggingface.co/docs/datasets/image_dataset: "the bytes or the path of the image file"; the schema's key is
/// "huggingface".</remarks>
internal static class ParquetSource
{
    private const string MetadataKey = "huggingface";

    public static List<AnnotatedPicture> Read(
        string path,
        PictureRoot root,
        string unpackTo,
        IReadOnlyCollection<string> persons,
        bool clip,
        CancellationToken cancellation
    )
    {
        var files = File.Exists(path)
            ? [path]
            : Directory.EnumerateFiles(path, "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
        {
            throw new DatasetException($"'{path}' has no .parquet file in or below it.");
        }

        var faults = new ImportFaults(path);
        List<DescribedRow> rows = [];
        Directory.CreateDirectory(unpackTo);
        foreach (var file in files)
        {
            try
            {
                rows.AddRange(ReadFileAsync(file, unpackTo, faults, cancellation).GetAwaiter().GetResult());
            }
            catch (Exception exception) when (exception is not (DatasetException or OperationCanceledException or OutOfMemoryException))
            {
                // The library has no common type of error: a damaged file may raise anything.
                throw new DatasetException($"'{file}' cannot be read as Parquet: {exception.Message} Fetch it again.", exception);
            }
        }

        faults.Throw();
        var unpacked = new PictureRoot(rows.Any(row => row.Beside.Length > 0) ? unpackTo : root.Folder);
        return DescribedRow.Pictures(path, rows, unpacked, persons, clip, faults, cancellation);
    }

    private static async Task<List<DescribedRow>> ReadFileAsync(
        string file,
        string unpackTo,
        ImportFaults faults,
        CancellationToken cancellation
    )
    {
        var stem = Path.GetFileNameWithoutExtension(file);
        var split =
            Path.GetFullPath(file).Split(Path.DirectorySeparatorChar)[^2] is var above && SplitWords.Is(above) ? above
            : SplitWords.Is(stem.Split('-')[0]) ? stem.Split('-')[0]
            : null;
        Field picture;
        ClassNames names;
        await using (var reader = await ParquetReader.CreateAsync(file, cancellationToken: cancellation))
        {
            picture = PictureColumn(file, reader.Schema);
            names = ClassNames.Of(reader.CustomMetadata.GetValueOrDefault(MetadataKey));
        }

        using var stream = File.OpenRead(file);
        var table = await ParquetSerializer.DeserializeUntypedAsync(stream, cancellationToken: cancellation);
        List<DescribedRow> rows = [];
        HashSet<string> taken = new(RealPaths.Comparer);
        foreach (var (row, index) in table.Data.Select((row, index) => (row, index)))
        {
            cancellation.ThrowIfCancellationRequested();
            var where = $"{Path.GetFileName(file)}, row {index + 1}";
            var (bytes, name) = Value(row.TryGetValue(picture.Name, out var cell) ? cell : null);
            var plain = string.IsNullOrEmpty(name) ? $"{index + 1:000000}" : Path.GetFileName(name.Replace('\\', '/'));
            if (bytes is null && name is null)
            {
                faults.Add(where, $"'{picture.Name}' has neither bytes nor a path");
                continue;
            }

            var label = row.TryGetValue("label", out var given) || row.TryGetValue("labels", out given) ? names.Label(Text(given)) : null;
            JsonElement? objects =
                row.TryGetValue("objects", out var listed) && listed is not null
                    ? names.Objects(JsonSerializer.SerializeToElement(listed))
                    : null;
            if (bytes is null)
            {
                rows.Add(new DescribedRow(where, name!, "", label, objects, split));
                continue;
            }

            var ended = PictureEndings.Is(plain) ? plain : plain + Ending(bytes);
            ended = taken.Add(ended) ? ended : $"{index + 1:000000}-{ended}";
            taken.Add(ended);
            var target = Path.Combine(unpackTo, stem, ended);
            if (!File.Exists(target) || !(await File.ReadAllBytesAsync(target, cancellation)).AsSpan().SequenceEqual(bytes))
            {
                AtomicFile.WriteBytes(target, bytes);
            }

            rows.Add(new DescribedRow(where, ended, stem, label, objects, split));
        }

        return rows;
    }

    private static Field PictureColumn(string file, ParquetSchema schema) =>
        schema.Fields.FirstOrDefault(field => field.Name is "image" or "img" or "picture")
        ?? schema.Fields.FirstOrDefault(field => field is StructField parts && parts.Fields.Any(part => part.Name == "bytes"))
        ?? throw new DatasetException(
            $"'{file}' has no column of pictures (image with bytes or a path). Its columns: "
                + $"{string.Join(", ", schema.Fields.Select(field => field.Name))}."
        );

    private static (byte[]? Bytes, string? Path) Value(object? cell) =>
        cell switch
        {
            byte[] bytes => (bytes, null),
            ReadOnlyMemory<byte> bytes => (bytes.ToArray(), null),
            Memory<byte> bytes => (bytes.ToArray(), null),
            string path => (null, path),
            ReadOnlyMemory<char> path => (null, path.ToString()),
            IDictionary<string, object?> parts => (
                Value(parts.TryGetValue("bytes", out var bytes) ? bytes : null).Bytes,
                Value(parts.TryGetValue("path", out var path) ? path : null).Path
            ),
            _ => (null, null),
        };

    private static string? Text(object? value) =>
        value is null ? null : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>By the first bytes; .jpg where they are unknown, and reading the picture will say what it is.</summary>
    private static string Ending(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("\x89PNG"u8) || (bytes.Length > 3 && bytes[0] == 0x89 && bytes[1..4].SequenceEqual("PNG"u8)) ? ".png"
        : bytes.StartsWith("GIF8"u8) ? ".gif"
        : bytes.StartsWith("BM"u8) ? ".bmp"
        : bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) ? ".tif"
        : bytes.Length > 12 && bytes.StartsWith("RIFF"u8) && bytes[8..12].SequenceEqual("WEBP"u8) ? ".webp"
        : ".jpg";

    /// <summary>ClassLabel's names: of the column label, and of the categories of objects.</summary>
    private sealed record ClassNames(IReadOnlyList<string> OfLabel, IReadOnlyList<string> OfObjects)
    {
        public static ClassNames Of(string? metadata)
        {
            if (metadata is null)
            {
                return new ClassNames([], []);
            }

            try
            {
                using var document = JsonDocument.Parse(metadata);
                var features = document.RootElement.Get("info")?.Get("features");
                return new ClassNames(Find(features?.Get("label") ?? features?.Get("labels")), Find(features?.Get("objects")));
            }
            catch (JsonException)
            {
                return new ClassNames([], []); // Without names, numbers are shown and --person takes them.
            }
        }

        public string? Label(string? value) => value is null ? null : Named(value, OfLabel);

        public JsonElement Objects(JsonElement objects) => OfObjects.Count == 0 ? objects : Renamed(objects);

        /// <summary>The first list of names in a feature, however deep: tools nest lists in several ways.</summary>
        private static List<string> Find(JsonElement? feature) =>
            feature switch
            {
                { ValueKind: JsonValueKind.Object } one => one.Get("names") is { ValueKind: JsonValueKind.Array } names
                    ? [.. ((JsonElement?)names).Items().Select(name => ((JsonElement?)name).Text() ?? "")]
                    : one.EnumerateObject().Select(part => Find(part.Value)).FirstOrDefault(found => found.Count > 0) ?? [],
                { ValueKind: JsonValueKind.Array } several => several
                    .EnumerateArray()
                    .Select(part => Find(part))
                    .FirstOrDefault(found => found.Count > 0)
                    ?? [],
                _ => [],
            };

        private JsonElement Renamed(JsonElement objects) =>
            JsonSerializer.SerializeToElement(
                objects.ValueKind == JsonValueKind.Object
                    ? objects.EnumerateObject().ToDictionary(part => part.Name, part => Value(part.Name, part.Value))
                    : (object)objects.EnumerateArray().Select(Renamed).ToList()
            );

        private object Value(string name, JsonElement value) =>
            name is not ("category" or "categories" or "label" or "labels" or "category_id") ? value
            : value.ValueKind == JsonValueKind.Array
                ? value.EnumerateArray().Select(one => Named(((JsonElement?)one).Text() ?? "", OfObjects)).ToList()
            : Named(((JsonElement?)value).Text() ?? "", OfObjects);

        private static string Named(string value, IReadOnlyList<string> names) =>
            int.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var index) && index >= 0 && index < names.Count
                ? names[index]
                : value;
    }
}
