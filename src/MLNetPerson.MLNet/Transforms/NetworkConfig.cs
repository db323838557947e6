namespace MLNetPerson.MLNet.Transforms;

/// <summary>What a saved <c>ExtractPersonFeatures</c> has to know beside its network.</summary>
internal sealed record NetworkConfig(string InputColumn, string OutputColumn, string Name, int Width, int Height, int OutputCount)
{
    public static NetworkConfig Of(string inputColumn, string outputColumn, PixelNetwork network) =>
        new(inputColumn, outputColumn, network.Name, network.Input.Width, network.Input.Height, network.OutputCount);
}
