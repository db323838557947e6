using System.Collections.Immutable;

namespace MLNetPerson.Training.Datasets.Import;

/// <summary>One of the sources that an import combines.</summary>
public sealed record ImportSource
{
    /// <summary>Goes into the column <c>source</c>. Letters, digits, '-', '_' and '.'.</summary>
    public required string Name { get; init; }

    /// <summary>The annotations: a file or folder, or an archive (.zip, .tar, .tar.gz) of either.</summary>
    public required string Path { get; init; }

    /// <summary>The folder of pictures, where it is not where the format's custom has it.</summary>
    public string? Pictures { get; init; }

    /// <summary>The format, or null to find out.</summary>
    public SourceFormat? Format { get; init; }

    /// <summary>The categories that are persons, or nothing for the usual words.</summary>
    public ImmutableArray<string> Persons { get; init; } = [];

    /// <summary>The licence of all pictures that name none of their own.</summary>
    public string? Licence { get; init; }

    /// <summary>The split of all pictures of this source, whatever it says itself.</summary>
    public string? Split { get; init; }

    /// <summary>How many pictures to take, or null for all.</summary>
    public SourceQuota? Quota { get; init; }

    /// <summary>Reads "[NAME=][FORMAT:]PATH[@PICTURES]".</summary>
    /// <exception cref="DatasetException">Not of that form.</exception>
    public static ImportSource Parse(string text)
    {
        var rest = text;
        string? name = null;
        if (rest.IndexOf('=') is > 0 and var equals && IsName(rest[..equals]))
        {
            (name, rest) = (rest[..equals], rest[(equals + 1)..]);
        }

        SourceFormat? format = null;
        if (
            rest.IndexOf(':') is > 0 and var colon
            && Enum.TryParse<SourceFormat>(rest[..colon].Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var known)
            && !char.IsAsciiDigit(rest[0])
        )
        {
            (format, rest) = (known, rest[(colon + 1)..]);
        }

        string? pictures = null;
        if (rest.LastIndexOf('@') is > 0 and var at && !File.Exists(rest) && !Directory.Exists(rest))
        {
            (rest, pictures) = (rest[..at], rest[(at + 1)..]);
        }

        name ??= Plain(System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(rest)).Split('.')[0]);
        return rest.Length > 0 && IsName(name)
            ? new ImportSource
            {
                Name = name,
                Path = rest,
                Pictures = pictures,
                Format = format,
            }
            : throw new DatasetException(
                $"'{text}' is not a source. Write PATH, NAME=PATH, NAME=FORMAT:PATH or NAME=ANNOTATIONS@PICTURES, with a format of "
                    + $"{FormatNames}."
            );
    }

    /// <summary>For messages and help.</summary>
    public static string FormatNames => string.Join(", ", Enum.GetNames<SourceFormat>().Select(name => name.ToLowerInvariant()));

    private static bool IsName(string text) =>
        text.Length > 0
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')
        && text.Any(char.IsAsciiLetterOrDigit);

    private static string Plain(string text) =>
        string.Concat(text.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' ? character : '-'));
}
