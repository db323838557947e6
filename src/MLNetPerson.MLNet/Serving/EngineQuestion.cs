namespace MLNetPerson.MLNet.Serving;

/// <summary>A row for one of ML.NET's engines.</summary>
internal sealed class EngineQuestion
{
    public string Path { get; set; } = "";
}
