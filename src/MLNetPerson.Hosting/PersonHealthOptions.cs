namespace MLNetPerson.Hosting;

/// <summary>When the health check worries.</summary>
public sealed class PersonHealthOptions
{
    /// <summary>How long the check's own question may take before the classifier counts as unhealthy: it waits in the queue like any
    /// other.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);
}
