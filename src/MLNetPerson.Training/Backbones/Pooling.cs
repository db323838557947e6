namespace MLNetPerson.Training.Backbones;

/// <summary>How a tap's [channels, h, w] becomes [channels].</summary>
public enum Pooling
{
    /// <summary>The mean over all positions; of neighbourhood maxima where a window is given.</summary>
    Average,

    /// <summary>The maximum over all positions; of neighbourhood means where a window is given.</summary>
    Max,
}
