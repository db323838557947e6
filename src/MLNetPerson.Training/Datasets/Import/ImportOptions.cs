using System.Collections.Immutable;

namespace MLNetPerson.Training.Datasets.Import;

/// <summary>An import: from sources to one canonical dataset.</summary>
public sealed record ImportOptions
{
    /// <summary>The dataset's file name in the folder.</summary>
    public const string CsvName = "dataset.csv";

    /// <summary>The list of pictures that were left out, with reasons.</summary>
    public const string LeftOutName = "left-out.csv";

    /// <summary>What was imported and how, for the dataset's card.</summary>
    public const string RecordName = "import.json";

    /// <summary>The dataset's folder. Pictures below it stay where they are, others are copied to pictures/SOURCE/ in it. Nothing is
    /// written elsewhere.</summary>
    public required string Out { get; init; }

    /// <summary>What to combine.</summary>
    public required ImmutableArray<ImportSource> Sources { get; init; }

    /// <summary>From boxes to labels.</summary>
    public LabelRule Rule { get; init; } = new();

    /// <summary>Boxes that stand over the edge are cut there instead of refused; those entirely outside go away.</summary>
    public bool ClipBoxes { get; init; }

    /// <summary>A dataset that is there already is replaced.</summary>
    public bool Replace { get; init; }

    /// <summary>Decides which pictures a quota takes.</summary>
    public int Seed { get; init; } = 17;
}
