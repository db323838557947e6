using System.Globalization;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>A scored row as ML.NET's binary classifiers give it: the class to read a chain's answers into.</summary>
public sealed class PersonScore
{
    /// <summary>Whether there is a person: the probability is at least the threshold.</summary>
    public bool PredictedLabel { get; set; }

    /// <summary>The logit. Finite: a probability of exactly 0 or 1 counts as the nearest one that is not.</summary>
    public float Score { get; set; }

    /// <summary>Of a person being in the picture, 0 to 1.</summary>
    public float Probability { get; set; }

    /// <summary>For example "person (0.973)".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(PredictedLabel ? "person" : "no person")} ({Probability:0.000})");
}
