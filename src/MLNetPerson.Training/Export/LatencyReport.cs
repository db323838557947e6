namespace MLNetPerson.Training.Export;

/// <summary>Time for one picture through the model alone, in milliseconds, beside the float model's in the same run.</summary>
/// <param name="Threads">That share the run.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">95 of 100 runs are faster.</param>
/// <param name="FloatP50">The float model's median.</param>
/// <param name="FloatP95">The float model's 95th percentile.</param>
public sealed record LatencyReport(int Threads, double P50, double P95, double FloatP50, double FloatP95)
{
    /// <summary>How many times as fast as float, by medians.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double Speed => FloatP50 / P50;
}
