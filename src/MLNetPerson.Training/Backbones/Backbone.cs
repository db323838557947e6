using MLNetPerson.Onnx.Graphs;

namespace MLNetPerson.Training.Backbones;

/// <summary>A pretrained network that features are taken from.</summary>
public abstract class Backbone
{
    private protected Backbone(BackboneCard card)
    {
        if (card.Fault() is { } fault)
        {
            throw new BackboneException($"The card of backbone '{card.Name}' is not complete: {fault}.");
        }

        Card = card;
    }

    /// <summary>What is known of it.</summary>
    public BackboneCard Card { get; }

    /// <summary>The network from float pixels to the taps, for one input size and any batch size.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="taps">What to compute; each becomes an output of the tap's name.</param>
    /// <param name="cancellation">Ends a download.</param>
    internal abstract Task<OnnxGraph> BuildAsync(int width, int height, IReadOnlyList<TapCard> taps, CancellationToken cancellation);
}
