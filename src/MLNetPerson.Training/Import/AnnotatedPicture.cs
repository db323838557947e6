using System.Collections.Immutable;

namespace MLNetPerson.Training.Import;

/// <summary>A picture as its source describes it, before the label rule has looked at it.</summary>
public sealed record AnnotatedPicture
{
    /// <summary>Below the source's folder of pictures, with forward slashes.</summary>
    public required string File { get; init; }

    /// <summary>Full path.</summary>
    public required string Path { get; init; }

    /// <summary>Where it is described, for messages: "line 12" or "annotations/a.xml, line 3".</summary>
    public string Where { get; init; } = "";

    /// <summary>Pixels; 0 where the source does not say.</summary>
    public int Width { get; init; }

    /// <summary>Pixels; 0 where the source does not say.</summary>
    public int Height { get; init; }

    /// <summary>Where persons are. Default where the source knows labels only.</summary>
    public ImmutableArray<PersonBox> Persons { get; init; }

    /// <summary>The label that the source gives itself, for sources without boxes.</summary>
    public bool? Label { get; init; }

    /// <summary>Persons are only drawn, printed or moulded: neither one label nor the other.</summary>
    public bool OnlyDepicted { get; init; }

    /// <summary>Why the source itself says neither one label nor the other, for example that nobody has annotated it yet; or
    /// null.</summary>
    public string? LeftOut { get; init; }

    /// <summary>The split that the source puts it into, or null.</summary>
    public string? Split { get; init; }

    /// <summary>What it belongs to, or null.</summary>
    public string? Group { get; init; }

    /// <summary>Its own licence where the source names one per picture, or null.</summary>
    public string? Licence { get; init; }

    /// <summary>The source it names itself, where several were combined before, or null.</summary>
    public string? Source { get; init; }

    /// <summary>Whatever else is known.</summary>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
