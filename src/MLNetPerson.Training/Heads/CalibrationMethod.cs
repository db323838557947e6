namespace MLNetPerson.Training.Heads;

/// <summary>How logits become probabilities that mean what they say.</summary>
public enum CalibrationMethod
{
    /// <summary>Slope and offset (J. Platt 1999).</summary>
    Platt,

    /// <summary>A slope only (C. Guo et al. 2017): keeps the sign of every logit.</summary>
    Temperature,

    /// <summary>The logistic function as it is.</summary>
    None,
}
