namespace MLNetPerson.Training.Bundles;

/// <summary>What a model must say of a tensor.</summary>
/// <param name="Probability">Within the encoding's tolerance.</param>
/// <param name="Decision">"person" or "none"; "either" where the threshold lies within the tolerance.</param>
public sealed record ExpectedAnswer(double Probability, string Decision)
{
    /// <summary>Any answer within the tolerance is right.</summary>
    public const string Either = "either";

    /// <summary>Decides as far as the tolerance lets it.</summary>
    public static ExpectedAnswer Of(double probability, double threshold, double tolerance, IReadOnlyList<string> labels) =>
        new(probability, Math.Abs(probability - threshold) <= tolerance ? Either : labels[probability >= threshold ? 1 : 0]);
}
