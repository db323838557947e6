namespace MLNetPerson.Benchmarks;

/// <summary>A row as ML.NET reads it.</summary>
internal sealed class MLNetRow
{
    public string ImagePath { get; set; } = "";

    public bool Label { get; set; }
}
