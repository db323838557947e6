using System.Collections.Immutable;

namespace MLNetPerson.Training.Datasets;

/// <summary>From a line of a list, a CSV's or a Parquet file's, to a sample.</summary>
internal sealed class ListedRow
{
    /// <summary>The column of the SHA-256 of the picture's bytes.</summary>
    public const string Sha256 = "sha256";

    private static readonly string[] Known = ["file", "label", "split", "group", Sha256, ""];

    private readonly string _root;
    private readonly DatasetOptions _options;
    private readonly string[] _attributes;
    private readonly bool _hasSplit;
    private readonly bool _hasGroup;
    private readonly bool _hasHash;
    private string _lastSplit = "";

    /// <param name="root">The folder that relative paths start from.</param>
    /// <param name="options">Where files may lie.</param>
    /// <param name="columns">In lower case.</param>
    public ListedRow(string root, DatasetOptions options, IReadOnlyCollection<string> columns)
    {
        (_root, _options) = (root, options);
        _attributes = [.. columns.Where(column => !Known.Contains(column)).Distinct()];
        (_hasSplit, _hasGroup, _hasHash) = (columns.Contains("split"), columns.Contains("group"), columns.Contains(Sha256));
    }

    /// <summary>Makes the sample.</summary>
    /// <param name="cell">A column's text.</param>
    /// <param name="error">Makes the error of a fault.</param>
    public Sample Sample(Func<string, string?> cell, Func<string, Exception> error)
    {
        var file = (cell("file") ?? "").Replace('\\', '/');
        var label = cell("label") ?? "";
        var (path, fault) = CsvDataset.Resolve(_root, _options, file);
        if ((fault ?? HashFault(cell)) is { } wrong)
        {
            throw error(wrong);
        }

        return new Sample
        {
            File = file,
            Path = path,
            IsPerson = LabelWords.Parse(label) ?? throw error($"label '{label}' is unknown; use {LabelWords.Expected}"),
            Split = _hasSplit ? Once(cell("split")) : null,
            Group = _hasGroup && cell("group") is { Length: > 0 } group ? group : null,
            Sha256 = Hash(cell),
            Attributes =
                _attributes.Length == 0
                    ? ImmutableSortedDictionary<string, string>.Empty
                    : _attributes.ToImmutableSortedDictionary(name => name, name => cell(name) ?? "", StringComparer.Ordinal),
        };
    }

    /// <summary>What is wrong with the column sha256 of a line, or null.</summary>
    public string? HashFault(Func<string, string?> cell) =>
        _hasHash && cell(Sha256) is { Length: > 0 } hash && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit))
            ? $"sha256 '{hash}' is no SHA-256, which has 64 hexadecimal digits"
            : null;

    /// <summary>The hash of a line, in lower case, or null.</summary>
    public string? Hash(Func<string, string?> cell) => _hasHash && cell(Sha256) is { Length: > 0 } hash ? hash.ToLowerInvariant() : null;

    /// <summary>One string for a split, not one a line.</summary>
    private string? Once(string? split) =>
        string.IsNullOrEmpty(split) ? null
        : split == _lastSplit ? _lastSplit
        : _lastSplit = split;
}
