using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLNetPerson.Files;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>Brings sources of several formats into one canonical dataset.</summary>
public static class Importer
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Imports.</summary>
    /// <param name="options">What, how, where to.</param>
    /// <param name="progress">Told how many pictures have been copied, of how many.</param>
    /// <param name="cancellation">Ends the work; the dataset's files are not there then, pictures copied so far are not copied
    /// again.</param>
    /// <exception cref="DatasetException">A source has faults: the message names file, line and value. No dataset was written.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static ImportReport Import(
        ImportOptions options,
        IProgress<(int Done, int Total)>? progress = null,
        CancellationToken cancellation = default
    )
    {
        Check(options);
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Out));
        var csv = Path.Combine(folder, ImportOptions.CsvName);
        if (File.Exists(csv) && !options.Replace)
        {
            throw new DatasetException($"'{csv}' is there already. Choose another folder, or say --replace.");
        }

        List<Taken> taken = [];
        List<(string Source, string File, string Reason)> leftOut = [];
        var sources = ImmutableArray.CreateBuilder<ImportedSource>();
        Dictionary<string, string> seen = new(StringComparer.Ordinal);
        foreach (var source in options.Sources)
        {
            var (format, pictures, notes) = SourceReader.Read(source, folder, options.ClipBoxes, cancellation);
            var (chosen, out_) = Choose(source, pictures, options);
            foreach (var (picture, reason) in out_)
            {
                leftOut.Add((source.Name, picture.File, reason));
            }

            foreach (var pick in chosen)
            {
                var target = Below(folder, pick.Picture.Path)
                    ? pick.Picture.Path
                    : Path.Combine(folder, "pictures", source.Name, pick.Picture.File.Replace('/', Path.DirectorySeparatorChar));
                if (!seen.TryAdd(target, source.Name))
                {
                    throw new DatasetException(
                        $"'{pick.Picture.File}' ({pick.Picture.Where}) of source '{source.Name}' came in with source '{seen[target]}' "
                            + $"already. Nothing was imported."
                    );
                }

                taken.Add(new Taken(source, pick.Picture, pick.IsPerson, pick.Area, target));
            }

            sources.Add(
                new ImportedSource(
                    source.Name,
                    format,
                    pictures.Count,
                    chosen.Count(pick => pick.IsPerson),
                    chosen.Count(pick => !pick.IsPerson),
                    out_.GroupBy(entry => Kind(entry.Reason))
                        .ToImmutableSortedDictionary(kind => kind.Key, kind => kind.Count(), StringComparer.Ordinal),
                    source.Licence,
                    source.Quota?.ToString()
                )
                {
                    Notes = [.. notes],
                }
            );
        }

        if (taken.Count == 0)
        {
            throw new DatasetException(
                $"No picture of {string.Join(", ", options.Sources.Select(source => $"'{source.Path}'"))} could be taken. "
                    + $"{Reasons(leftOut)}"
            );
        }

        var copied = Copy(taken, progress, cancellation);
        CanonicalCsv.Write(csv, [.. taken.Select(Sample)]);
        AtomicFile.WriteText(Path.Combine(folder, ImportOptions.LeftOutName), LeftOutText(leftOut));
        var report = new ImportReport(csv, options.Rule, options.Seed, sources.ToImmutable(), copied);
        AtomicFile.WriteText(
            Path.Combine(folder, ImportOptions.RecordName),
            JsonSerializer.Serialize(report with { Csv = ImportOptions.CsvName }, Json) + "\n"
        );
        return report;
    }

    /// <summary>Reads what an import wrote beside its CSV; null where there is nothing of the kind.</summary>
    public static ImportReport? ReadRecord(string folder)
    {
        var path = Path.Combine(folder, ImportOptions.RecordName);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<ImportReport>(File.ReadAllBytes(path), Json) : null;
        }
        catch (JsonException exception)
        {
            throw new DatasetException(
                $"'{path}' cannot be read as an import's record: {exception.Message} Import again, or remove it.",
                exception
            );
        }
    }

    private static void Check(ImportOptions options)
    {
        if (options.Rule.Fault() is { } fault)
        {
            throw new DatasetException($"The label rule has faults: {fault}.");
        }

        if (options.Sources.IsDefaultOrEmpty)
        {
            throw new DatasetException("There is no source to import.");
        }

        if (
            options.Sources.GroupBy(source => source.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(name => name.Count() > 1) is
            { } twice
        )
        {
            throw new DatasetException($"Two sources are called '{twice.Key}'. Give them names: NAME=PATH.");
        }
    }

    /// <summary>By rule, by what is on disk, by quota.</summary>
    private static (
        List<(AnnotatedPicture Picture, bool IsPerson, double? Area)> Chosen,
        List<(AnnotatedPicture Picture, string Reason)> LeftOut
    ) Choose(ImportSource source, List<AnnotatedPicture> pictures, ImportOptions options)
    {
        List<(AnnotatedPicture Picture, bool IsPerson, double? Area)> chosen = [];
        List<(AnnotatedPicture, string)> leftOut = [];
        foreach (var picture in pictures)
        {
            if (!File.Exists(picture.Path))
            {
                leftOut.Add((picture, "missing: there is no such file"));
            }
            else if (!picture.Persons.IsDefault && (picture.Width < 1 || picture.Height < 1))
            {
                leftOut.Add((picture, "unreadable: its size cannot be read"));
            }
            else if (options.Rule.Judge(picture) is { LeftOut: { } reason })
            {
                leftOut.Add((picture, reason));
            }
            else if (options.Rule.Judge(picture) is { IsPerson: { } isPerson, MaxPersonArea: var area })
            {
                chosen.Add((picture, isPerson, area));
            }
        }

        if (source.Quota is not { } quota)
        {
            return (chosen, leftOut);
        }

        var order = chosen.OrderBy(pick => HashSplit.Position($"{source.Name}/{pick.Picture.File}", options.Seed)).ToList();
        var kept = (
            quota.Total is { } total
                ? order.Take(total)
                : order
                    .Where(pick => pick.IsPerson)
                    .Take(quota.Persons!.Value)
                    .Concat(order.Where(pick => !pick.IsPerson).Take(quota.None!.Value))
        )
            .Select(pick => pick.Picture)
            .ToHashSet(ReferenceEqualityComparer.Instance);
        leftOut.AddRange(
            chosen.Where(pick => !kept.Contains(pick.Picture)).Select(pick => (pick.Picture, $"quota: {quota} were asked for"))
        );
        return ([.. chosen.Where(pick => kept.Contains(pick.Picture))], leftOut);
    }

    private static int Copy(List<Taken> taken, IProgress<(int, int)>? progress, CancellationToken cancellation)
    {
        var toCopy = taken.Where(entry => entry.Target != entry.Picture.Path).ToList();
        var copied = 0;
        foreach (var (entry, done) in toCopy.Select((entry, index) => (entry, index + 1)))
        {
            cancellation.ThrowIfCancellationRequested();
            var bytes = File.ReadAllBytes(entry.Picture.Path);
            if (
                !File.Exists(entry.Target)
                || new FileInfo(entry.Target).Length != bytes.Length
                || !File.ReadAllBytes(entry.Target).AsSpan().SequenceEqual(bytes)
            )
            {
                AtomicFile.WriteBytes(entry.Target, bytes);
                copied++;
            }

            progress?.Report((done, toCopy.Count));
        }

        return copied;
    }

    private static Sample Sample(Taken taken)
    {
        var picture = taken.Picture;
        var attributes = picture
            .Attributes.SetItem(
                CanonicalCsv.Source,
                picture.Source is { } inner && inner != taken.Source.Name ? $"{taken.Source.Name}/{inner}" : taken.Source.Name
            )
            .SetItem(CanonicalCsv.Licence, picture.Licence ?? taken.Source.Licence ?? "")
            .SetItem(CanonicalCsv.Width, picture.Width > 0 ? picture.Width.ToString(CultureInfo.InvariantCulture) : "")
            .SetItem(CanonicalCsv.Height, picture.Height > 0 ? picture.Height.ToString(CultureInfo.InvariantCulture) : "")
            .SetItem(CanonicalCsv.PersonBoxes, picture.Persons.IsDefault ? "" : string.Join(';', picture.Persons))
            .SetItem(CanonicalCsv.MaxPersonArea, taken.Area is { } area ? area.ToString("0.######", CultureInfo.InvariantCulture) : "");
        return new Sample
        {
            File = picture.File,
            Path = taken.Target,
            IsPerson = taken.IsPerson,
            Split = taken.Source.Split ?? picture.Split,
            Group = picture.Group is { } group ? $"{taken.Source.Name}/{group}" : null,
            Attributes = attributes,
        };
    }

    private static string LeftOutText(List<(string Source, string File, string Reason)> leftOut)
    {
        var text = new StringBuilder("source,file,reason\n");
        foreach (var (source, file, reason) in leftOut)
        {
            text.Append(source).Append(',').Append(CsvCell.Quote(file)).Append(',').Append(CsvCell.Quote(reason)).Append('\n');
        }

        return text.ToString();
    }

    private static string Reasons(List<(string Source, string File, string Reason)> leftOut) =>
        leftOut.Count == 0
            ? "They describe none."
            : "Left out: "
                + string.Join(
                    "; ",
                    leftOut.GroupBy(entry => Kind(entry.Reason)).Select(kind => $"{kind.Count()} {kind.Key}, '{kind.First().File}' for one")
                )
                + ".";

    /// <summary>A reason without its numbers, to be counted.</summary>
    private static string Kind(string reason) =>
        reason.Split(':')[0] is var start && start.StartsWith("largest person fills", StringComparison.Ordinal) ? "person too small"
        : start.StartsWith("largest person has", StringComparison.Ordinal) ? "person of too few pixels"
        : start == "persons are only depicted" ? "only depicted"
        : start;

    private static bool Below(string folder, string path) =>
        path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private sealed record Taken(ImportSource Source, AnnotatedPicture Picture, bool IsPerson, double? Area, string Target);
}
