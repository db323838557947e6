namespace MLNetPerson.Packaging;

/// <summary>The output tensor of every model of a package: [N, 1], the probability of a person.</summary>
public sealed record PackageOutput
{
    /// <summary>The tensor's name.</summary>
    public string Tensor { get; init; } = "probability";

    /// <summary>Element type.</summary>
    public string Type { get; init; } = "float32";

    /// <summary>Lowest and highest value.</summary>
    public IReadOnlyList<int> Range { get; init; } = [0, 1];
}
