namespace MLNetPerson.Training.Curation;

/// <summary>What a check can find: a closed list, so that a caller can count.</summary>
public enum FindingKind
{
    /// <summary>The picture cannot be decoded.</summary>
    Unreadable,

    /// <summary>The picture has another size than its line says, so its boxes are another picture's.</summary>
    WrongSize,

    /// <summary>The same bytes as another file.</summary>
    ExactDuplicate,

    /// <summary>The same photograph as another, scaled, compressed, cropped or mirrored.</summary>
    NearDuplicate,

    /// <summary>A photograph of the same scene as another, a moment later.</summary>
    SameScene,

    /// <summary>Copies of one photograph have different labels.</summary>
    LabelConflict,

    /// <summary>The same photograph or scene, or one group, lies in two splits.</summary>
    SplitLeak,

    /// <summary>The label contradicts what a head that never saw the picture says.</summary>
    LabelNoise,

    /// <summary>A box says that there is a person, a head that never saw the picture sees none: the box may be wrong, or there is little to
    /// see.</summary>
    UnseenPerson,

    /// <summary>All persons of the picture are too small to learn from at the input's size.</summary>
    SmallPersons,

    /// <summary>Some boxes of the picture are too small to learn from at the input's size; others are not.</summary>
    SmallBoxes,

    /// <summary>Out of focus, or moved.</summary>
    Blurry,

    /// <summary>Nearly black.</summary>
    Dark,

    /// <summary>Nearly white.</summary>
    Light,

    /// <summary>Smaller than what the model reads.</summary>
    Tiny,

    /// <summary>Much longer than wide, or the other way round.</summary>
    OddAspect,

    /// <summary>One area of one grey.</summary>
    Uniform,

    /// <summary>Far fewer pictures of one class, in a split or a source, than of the other.</summary>
    Imbalance,

    /// <summary>An attribute that has nothing to do with persons tells the label.</summary>
    Shortcut,
}
