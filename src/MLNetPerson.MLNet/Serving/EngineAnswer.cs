namespace MLNetPerson.MLNet.Serving;

/// <summary>What is read out of one of ML.NET's engines.</summary>
internal sealed class EngineAnswer
{
    public bool PredictedLabel { get; set; }

    public float Probability { get; set; }
}
