using System.Globalization;
using Microsoft.ML.Transforms;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>From a package's probability to ML.NET's three columns. ML.NET finds the class by contract and assembly when it loads a
/// model.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class ScoreMapping : CustomMappingFactory<ProbabilityRow, PersonScore>
{
    public const string Contract = "MLNetPerson.Score";

    public static void Map(ProbabilityRow row, PersonScore score)
    {
        score.Probability = row.Probability.GetItemOrDefault(0);
        score.PredictedLabel = score.Probability >= float.Parse(row.Threshold.Span, CultureInfo.InvariantCulture);
        var inside = Math.Clamp((double)score.Probability, float.Epsilon, 1 - Math.Pow(2, -25));
        score.Score = (float)Math.Log(inside / (1 - inside));
    }

    public override Action<ProbabilityRow, PersonScore> GetMapping() => Map;
}
