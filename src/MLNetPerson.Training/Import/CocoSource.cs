using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>
/// COCO's "instances" JSON. The file is streamed: what is kept of it is a name and a size per picture and a box per annotation.
/// </summary>
/// <remarks>Crowds (<c>iscrowd</c>) are persons like others: a crowd is the last thing that is "no person". Their boxes stand in the column
/// <see cref="CanonicalCsv.CrowdBoxes"/> too, so that a detector's evaluation can ignore them.</remarks>
internal sealed class CocoSource
{
    /// <summary>Ids that are not numbers count from here: no file has so many, nor numbers so low.</summary>
    private const long FirstTextId = long.MinValue / 2;

    private readonly string _path;
    private readonly ImportFaults _faults;
    private readonly Dictionary<long, int> _imageIndex = [];
    private readonly List<Image> _images = [];
    private readonly List<Annotation> _annotations = [];
    private readonly Dictionary<long, string> _categories = [];
    private readonly Dictionary<long, string> _licences = [];
    private readonly Dictionary<string, long> _textIds = new(StringComparer.Ordinal);
    private readonly List<string> _idTexts = [];
    private readonly HashSet<string> _sections = [];
    private readonly float[] _box = new float[4];
    private string _section = "";
    private string _property = "";
    private Item _item;
    private int _boxNumbers;

    private CocoSource(string path)
    {
        _path = path;
        _faults = new ImportFaults(path);
    }

    public static List<AnnotatedPicture> Read(
        string path,
        PictureRoot root,
        IReadOnlyCollection<string> persons,
        bool clip,
        List<string> notes,
        CancellationToken cancellation
    )
    {
        var source = new CocoSource(path);
        try
        {
            using var stream = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read,
                bufferSize: 0,
                FileOptions.SequentialScan
            );
            JsonStream.Read(stream, source.Token, cancellation);
        }
        catch (JsonException exception)
        {
            throw new DatasetException(
                $"'{path}' cannot be read as JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: "
                    + $"{exception.Message.Split(" LineNumber:")[0]} Fetch the file again, or repair it.",
                exception
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{path}' cannot be read: {exception.Message}", exception);
        }

        return source.Pictures(root, persons, clip, notes);
    }

    private void Token(ref Utf8JsonReader reader, LineCounter line)
    {
        switch (reader.TokenType, reader.CurrentDepth)
        {
            case (not JsonTokenType.StartObject and not JsonTokenType.EndObject, 0):
                throw new DatasetException($"'{_path}' is not COCO's instances JSON: its outermost value is not an object.");
            case (JsonTokenType.PropertyName, 1):
                _section = reader.GetString()!;
                break;
            case (JsonTokenType.StartArray, 1):
                _sections.Add(_section);
                break;
            case (JsonTokenType.StartObject, 2):
                _item = new Item { Line = line.Line };
                _boxNumbers = 0;
                break;
            case (JsonTokenType.EndObject, 2):
                Add();
                break;
            case (JsonTokenType.PropertyName, 3):
                _property = Known(ref reader);
                break;
            case (JsonTokenType.Number, 3):
                Number(ref reader);
                break;
            case (JsonTokenType.String, 3):
                Text(ref reader);
                break;
            case (JsonTokenType.Number, 4) when _property == "bbox":
                if (_boxNumbers < 4)
                {
                    _box[_boxNumbers] = (float)reader.GetDouble();
                }

                _boxNumbers++;
                break;
        }
    }

    /// <summary>The property's name where it is one that is used: no string is made of all others.</summary>
    private static string Known(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("id"u8) ? "id"
        : reader.ValueTextEquals("file_name"u8) ? "file_name"
        : reader.ValueTextEquals("width"u8) ? "width"
        : reader.ValueTextEquals("height"u8) ? "height"
        : reader.ValueTextEquals("license"u8) ? "license"
        : reader.ValueTextEquals("image_id"u8) ? "image_id"
        : reader.ValueTextEquals("category_id"u8) ? "category_id"
        : reader.ValueTextEquals("bbox"u8) ? "bbox"
        : reader.ValueTextEquals("iscrowd"u8) ? "iscrowd"
        : reader.ValueTextEquals("name"u8) ? "name"
        : "";

    private void Number(ref Utf8JsonReader reader)
    {
        if (_property.Length == 0)
        {
            return;
        }

        if (!reader.TryGetInt64(out var value))
        {
            value = reader.GetDouble() is var real && real == Math.Floor(real) && Math.Abs(real) < long.MaxValue ? (long)real : -1;
        }

        _item = _property switch
        {
            "id" => _item with { Id = value, HasId = true },
            "width" => _item with { Width = (int)Math.Clamp(value, 0, int.MaxValue) },
            "height" => _item with { Height = (int)Math.Clamp(value, 0, int.MaxValue) },
            "license" => _item with { Licence = value },
            "image_id" => _item with { Image = value },
            "category_id" => _item with { Category = value },
            "iscrowd" => _item with { IsCrowd = value == 1 },
            _ => _item,
        };
    }

    private void Text(ref Utf8JsonReader reader)
    {
        switch (_property)
        {
            case "file_name" or "name":
                _item = _item with { Name = reader.GetString()! };
                break;
            case "id":
                _item = _item with { Id = Id(reader.GetString()!), HasId = true };
                break;
            case "image_id":
                _item = _item with { Image = Id(reader.GetString()!) };
                break;
            case "category_id":
                _item = _item with { Category = Id(reader.GetString()!) };
                break;
            case "license":
                _item = _item with { Licence = Id(reader.GetString()!) };
                break;
        }
    }

    /// <summary>Ids are numbers in COCO itself; many tools write strings. "7" is 7; other texts get numbers of their own.</summary>
    private long Id(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        if (!_textIds.TryGetValue(text, out var own))
        {
            own = FirstTextId + _textIds.Count;
            _textIds.Add(text, own);
            _idTexts.Add(text);
        }

        return own;
    }

    /// <summary>An id as the file writes it.</summary>
    private string Shown(long id) =>
        id - FirstTextId is >= 0 and var index && index < _idTexts.Count ? _idTexts[(int)index] : id.ToString(CultureInfo.InvariantCulture);

    private void Add()
    {
        var where = _item.Line;
        switch (_section)
        {
            case "images" when !_item.HasId || _item.Name is null:
                _faults.Add($"line {where}", "an image has no 'id' or no 'file_name'");
                break;
            case "images" when _item.Width < 1 || _item.Height < 1:
                _faults.Add($"line {where}", $"image {Shown(_item.Id)} has no 'width' and 'height' above 0");
                break;
            case "images" when !_imageIndex.TryAdd(_item.Id, _images.Count):
                _faults.Add($"line {where}", $"image id {Shown(_item.Id)} is given twice");
                break;
            case "images":
                _images.Add(new Image(_item.Name!, _item.Width, _item.Height, _item.Licence, where));
                break;
            case "annotations" when _boxNumbers != 4:
                _faults.Add($"line {where}", $"annotation {Shown(_item.Id)} has no 'bbox' of 4 numbers");
                break;
            case "annotations":
                _annotations.Add(
                    new Annotation(_item.Id, _item.Image, _item.Category, _box[0], _box[1], _box[2], _box[3], _item.IsCrowd, where)
                );
                break;
            case "categories" when _item.HasId && _item.Name is not null:
                _categories[_item.Id] = _item.Name;
                break;
            case "licenses" when _item.HasId && _item.Name is not null:
                _licences[_item.Id] = _item.Name;
                break;
        }
    }

    private List<AnnotatedPicture> Pictures(PictureRoot root, IReadOnlyCollection<string> persons, bool clip, List<string> notes)
    {
        string[] missing = [.. new[] { "images", "annotations", "categories" }.Where(section => !_sections.Contains(section))];
        if (missing.Length > 0)
        {
            throw new DatasetException(
                $"'{_path}' is not COCO's instances JSON: it has no list '{string.Join("' and no list '", missing)}'."
            );
        }

        var wanted = PersonCategories.Choose(_path, _categories.Values, persons);
        var boxes = new List<PersonBox>?[_images.Count];
        var annotated = new bool[_images.Count];
        Dictionary<int, List<PersonBox>> crowds = [];
        foreach (var annotation in _annotations)
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"line {annotation.Line}, annotation {Shown(annotation.Id)}");
            if (!_categories.TryGetValue(annotation.Category, out var category))
            {
                _faults.Add(
                    where,
                    $"category {Shown(annotation.Category)} is unknown; 'categories' lists "
                        + $"{string.Join(", ", _categories.Keys.Order().Take(5).Select(Shown))}"
                        + $"{(_categories.Count > 5 ? ", …" : "")}"
                );
            }
            else if (!_imageIndex.TryGetValue(annotation.Image, out var index))
            {
                _faults.Add(where, $"image {Shown(annotation.Image)} is not in 'images'");
            }
            else
            {
                annotated[index] = true;
                if (wanted.Contains(category))
                {
                    AddBox(annotation, index, where);
                }
            }
        }

        void AddBox(Annotation annotation, int index, string where)
        {
            var box = new PersonBox(annotation.Left, annotation.Top, annotation.Width, annotation.Height);
            if (!clip && box.Fault(_images[index].Width, _images[index].Height) is { } fault)
            {
                _faults.Add(where, fault);
            }
            else if (box.Clip(_images[index].Width, _images[index].Height) is { Area: > 0 } inside)
            {
                (boxes[index] ??= []).Add(inside);
                if (annotation.IsCrowd)
                {
                    (crowds.TryGetValue(index, out var there) ? there : crowds[index] = []).Add(inside);
                }
            }
        }

        List<AnnotatedPicture> pictures = new(_images.Count);
        foreach (var (image, index) in _images.Select((image, index) => (image, index)))
        {
            if (root.Resolve(image.Name, out var name, out var path) is { } fault)
            {
                _faults.Add($"line {image.Line}", fault);
                continue;
            }

            pictures.Add(
                new AnnotatedPicture
                {
                    File = name,
                    Path = path,
                    Where = $"line {image.Line}",
                    Width = image.Width,
                    Height = image.Height,
                    Persons = boxes[index] is { } found ? [.. found] : [],
                    Licence = _licences.GetValueOrDefault(image.Licence),
                    Attributes = crowds.TryGetValue(index, out var ignored)
                        ? ImmutableSortedDictionary<string, string>.Empty.Add(CanonicalCsv.CrowdBoxes, string.Join(';', ignored))
                        : ImmutableSortedDictionary<string, string>.Empty,
                }
            );
        }

        _faults.Throw();
        var bare = _images.Where((_, index) => !annotated[index]).Select(image => image.Name).ToList();
        if (bare.Count > 0)
        {
            notes.Add(
                $"{Names.Count(bare.Count, "picture has no annotation", "pictures have no annotation")} and so no objects, which is COCO's "
                    + $"custom: {Names.Some(bare)}"
            );
        }

        return pictures;
    }

    private readonly record struct Image(string Name, int Width, int Height, long Licence, int Line);

    private readonly record struct Annotation(
        long Id,
        long Image,
        long Category,
        float Left,
        float Top,
        float Width,
        float Height,
        bool IsCrowd,
        int Line
    );

    private readonly record struct Item
    {
        public Item() { }

        public int Line { get; init; }

        public long Id { get; init; }

        public bool HasId { get; init; }

        public string? Name { get; init; }

        public int Width { get; init; }

        public int Height { get; init; }

        public long Licence { get; init; } = -1;

        public long Image { get; init; } = -1;

        public long Category { get; init; } = -1;

        public bool IsCrowd { get; init; }
    }
}
