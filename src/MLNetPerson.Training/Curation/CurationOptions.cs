using MLNetPerson.Images;

namespace MLNetPerson.Training.Curation;

/// <summary>When a check speaks up.</summary>
public sealed record CurationOptions
{
    /// <summary>Two pictures are one photograph where their details agree by at least this, laid over each other at their best. Range (0,
    /// 1]. Chosen on planted copies: see the room's README.</summary>
    public double CopyAgreement { get; init; } = 0.7;

    /// <summary>Two pictures are of one scene where their details agree by at least this, and their features by <see cref="SceneCosine"/>.
    /// Range (0, 1].</summary>
    public double SceneAgreement { get; init; } = 0.5;

    /// <summary>See <see cref="SceneAgreement"/>. Range (0, 1].</summary>
    public double SceneCosine { get; init; } = 0.85;

    /// <summary>Pictures whose blur is above this are blurry: see <see cref="Pictures.BlurMeasure"/>. Range [0, 1].</summary>
    public double Blur { get; init; } = 0.6;

    /// <summary>Pictures whose mean grey is below this are dark. Range [0, 255].</summary>
    public double Dark { get; init; } = 25;

    /// <summary>Pictures whose mean grey is above this are light. Range [0, 255].</summary>
    public double Light { get; init; } = 230;

    /// <summary>Pictures whose grey varies less than this are uniform. Range [0, 127.5].</summary>
    public double Uniform { get; init; } = 10;

    /// <summary>Pictures whose shorter side has fewer pixels are tiny. Range [0, ∞).</summary>
    public int Tiny { get; init; } = 96;

    /// <summary>Pictures whose longer side is more than this times the shorter one have an odd aspect. Range [1, ∞).</summary>
    public double Aspect { get; init; } = 2.5;

    /// <summary>The rarer class makes up less than this of a split or source. Range [0, 0.5].</summary>
    public double Imbalance { get; init; } = 0.2;

    /// <summary>An attribute is a shortcut where it alone ranks persons above others with at least this area under the ROC curve. Range
    /// [0.5, 1].</summary>
    public double ShortcutAuc { get; init; } = 0.75;

    /// <summary>Persons that fill less than this share of what the model sees are small. Range [0, 1]; 0 finds none.</summary>
    public double SmallShare { get; init; } = 0.001;

    /// <summary>Persons that have fewer pixels than this at the input's size are small. Range [0, ∞); 0 finds none. 256 is 16 ×
    /// 16.</summary>
    public int SmallPixels { get; init; }

    /// <summary>What the model sees, for <see cref="SmallShare"/> and <see cref="SmallPixels"/>.</summary>
    public ImageSpec Input { get; init; } = new(320, 320);

    /// <summary>Seeds folds and first guesses.</summary>
    public int Seed { get; init; } = 17;

    /// <summary>A folder in which processes leave parts of the search for neighbours: see <see cref="Neighbours.SharedNeighbours"/>. Null:
    /// the
    /// whole search runs here.</summary>
    public string? SharedFolder { get; init; }
}
