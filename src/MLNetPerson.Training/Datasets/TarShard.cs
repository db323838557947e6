using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using MLNetPerson.Files;

namespace MLNetPerson.Training.Datasets;

/// <summary>
/// A tar archive in WebDataset's layout: files of one sample stand side by side and have one name up to the first dot. <c>000123.jpg</c> is
/// the picture, <c>000123.cls</c> its label, or <c>000123.json</c> with <c>label</c>, and perhaps <c>split</c>, <c>group</c> and
/// <c>sha256</c>. Where there is neither, the folder inside the archive says the label. Pictures are not unpacked: a sample's path says
/// where
/// its bytes lie.
/// </summary>
/// <remarks>https://github.com/webdataset/webdataset: "files belonging together ... share the same basename when stripped of all filename
/// extensions".</remarks>
internal static class TarShard
{
    /// <summary>Labels and descriptions are small; what is larger is something else.</summary>
    private const long MostText = 1 << 20;

    public static IEnumerable<Sample> Read(string path)
    {
        var full = Path.GetFullPath(path);
        using var file = Guarded(path, () => new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16));
        using var reader = new TarReader(file, leaveOpen: true);
        var (split, any) = (ShardedInput.SplitOf(path), false);
        Parts? open = null;
        while (Guarded(path, () => reader.GetNextEntry(copyData: false)) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
            {
                continue;
            }

            var name = entry.Name.Replace('\\', '/');
            name = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
            var last = name[(name.LastIndexOf('/') + 1)..];
            if (PictureFolder.ReasonByName(last) is not null)
            {
                continue;
            }

            var dot = last.IndexOf('.', StringComparison.Ordinal);
            var key = dot < 0 ? name : name[..(name.Length - last.Length + dot)];
            if (open is not null && open.Key != key)
            {
                if (open.Sample(path, split) is { } sample)
                {
                    any = true;
                    yield return sample;
                }

                open = null;
            }

            open ??= new Parts(key);
            if (PictureEndings.Is(last))
            {
                if (open.Picture is not null)
                {
                    throw new DatasetException($"'{path}' has two pictures of one name: '{open.Picture}' and '{name}'. Rename one.");
                }

                (open.Picture, open.Address) = (name, FilePart.Of(full, entry.DataOffset, entry.Length));
                if (entry.DataOffset + entry.Length > file.Length)
                {
                    throw new DatasetException($"'{path}' was cut off within '{name}'. Fetch it again.");
                }
            }
            else if (Path.GetExtension(last).ToLowerInvariant() is ".cls" or ".json" && entry.Length <= MostText)
            {
                open.Describe(path, name, Guarded(path, () => Text(entry)));
            }
        }

        if (open?.Sample(path, split) is { } final)
        {
            any = true;
            yield return final;
        }

        if (!any)
        {
            throw new DatasetException($"'{path}' holds no picture (by ending: {PictureEndings.Text}).");
        }
    }

    private static string Text(TarEntry entry)
    {
        using var text = new StreamReader(entry.DataStream ?? Stream.Null, Encoding.UTF8);
        return text.ReadToEnd();
    }

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception is IOException or InvalidDataException or UnauthorizedAccessException or FormatException)
        {
            throw new DatasetException($"'{path}' cannot be read as a tar archive: {exception.Message} Fetch it again.", exception);
        }
    }

    /// <summary>The files of one sample.</summary>
    private sealed class Parts(string key)
    {
        private string? _label;
        private string? _split;
        private string? _group;
        private string? _sha256;

        public string Key => key;

        public string? Picture { get; set; }

        public string Address { get; set; } = "";

        public void Describe(string path, string name, string text)
        {
            if (!name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                _label ??= text.Trim();
                return;
            }

            try
            {
                using var document = JsonDocument.Parse(text);
                if (document.RootElement.ValueKind == JsonValueKind.Object)
                {
                    _label = Value(document.RootElement, "label") ?? Value(document.RootElement, "cls") ?? _label;
                    _split = Value(document.RootElement, "split");
                    _group = Value(document.RootElement, "group");
                    _sha256 = Value(document.RootElement, ListedRow.Sha256)?.ToLowerInvariant();
                }
            }
            catch (JsonException exception)
            {
                throw new DatasetException($"'{path}', '{name}' is no JSON: {exception.Message}", exception);
            }

            if (_sha256 is { } hash && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit)))
            {
                throw new DatasetException($"'{path}', '{name}': sha256 '{hash}' is no SHA-256, which has 64 hexadecimal digits.");
            }
        }

        public Sample? Sample(string path, string? split)
        {
            if (Picture is null)
            {
                return null;
            }

            var folder = Picture.Split('/') is { Length: > 1 } parts ? parts[^2] : null;
            var isPerson =
                _label is not null ? LabelWords.Parse(_label)
                : folder is not null ? LabelWords.Parse(folder)
                : null;
            return new Sample
            {
                File = $"{Path.GetFileName(path)}/{Picture}",
                Path = Address,
                IsPerson =
                    isPerson
                    ?? throw new DatasetException(
                        _label is not null
                            ? $"'{path}', '{Picture}': label '{_label}' is unknown; use {LabelWords.Expected}."
                            : $"'{path}', '{Picture}' has no label. Put '{Key}.cls' beside it, with {LabelWords.Expected}, or '{Key}.json' "
                                + $"with a \"label\"; 'curate import {path} --out FOLDER' makes a dataset of archives of other kinds."
                    ),
                Split = _split ?? split,
                Group = _group,
                Sha256 = _sha256,
            };
        }

        private static string? Value(JsonElement element, string name) =>
            element.TryGetProperty(name, out var value)
                ? value.ValueKind switch
                {
                    JsonValueKind.String => value.GetString(),
                    JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                    _ => null,
                }
                : null;
    }
}
