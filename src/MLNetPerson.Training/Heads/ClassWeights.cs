namespace MLNetPerson.Training.Heads;

/// <summary>How much the samples of each class count while a head is fitted.</summary>
public enum ClassWeights
{
    /// <summary>Every sample counts alike.</summary>
    None,

    /// <summary>Both classes count alike in sum, however many samples each has.</summary>
    Balanced,
}
