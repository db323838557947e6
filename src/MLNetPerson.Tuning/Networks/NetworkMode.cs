namespace MLNetPerson.Tuning.Networks;

/// <summary>How a network is run.</summary>
public enum NetworkMode
{
    /// <summary>As in prediction: batch normalisation by its stored statistics.</summary>
    Predict,

    /// <summary>Gradients flow; batch normalisation still uses its stored statistics, which suits small batches.</summary>
    Train,

    /// <summary>Gradients flow, and batch normalisation uses and updates the batch's own statistics.</summary>
    TrainNormalization,
}
