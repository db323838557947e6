using System.Collections.Immutable;
using MLNetPerson.Images;

namespace MLNetPerson;

/// <summary>Where in a picture the answer comes from: how much every place adds to the logit of a person, or takes from it.</summary>
/// <remarks>
/// Exact, since the logit is linear in pooled features: <see cref="Contributions"/> and <see cref="Bias"/> add up to <see cref="Logit"/>
/// within
/// <see cref="SumTolerance"/>. What a place adds is what the network made of it and of what surrounds it: the map tells where evidence was
/// found, not why.
/// </remarks>
public sealed class ActivationMap
{
    /// <summary>
    /// How far the sum may be from the logit, in logits: thousands of float32 products in another order. It holds where the magnitudes of
    /// bias and contributions add up to 100 logits at most; where they add up to more, the bound grows in proportion, because float32
    /// rounds relative to what is added.
    /// </summary>
    public const double SumTolerance = 1e-4;

    internal ActivationMap(
        int width,
        int height,
        ImmutableArray<float> contributions,
        float bias,
        float logit,
        PersonPrediction prediction,
        ImageSpec input,
        int pictureWidth,
        int pictureHeight
    )
    {
        (Width, Height, Contributions, Bias, Logit, Prediction) = (width, height, contributions, bias, logit, prediction);
        (Input, PictureWidth, PictureHeight) = (input, pictureWidth, pictureHeight);
    }

    /// <summary>Places from left to right.</summary>
    public int Width { get; }

    /// <summary>Places from top to bottom.</summary>
    public int Height { get; }

    /// <summary>[height, width], in logits: above 0 speaks for a person, below 0 against one.</summary>
    public ImmutableArray<float> Contributions { get; }

    /// <summary>What no place adds, in logits: how a picture without any feature would be judged.</summary>
    public float Bias { get; }

    /// <summary>Sum of all contributions and the bias: the probability is 1 / (1 + exp(−logit)).</summary>
    public float Logit { get; }

    /// <summary>The float model's answer, which is what is explained, whichever encoding the classifier was loaded with.</summary>
    public PersonPrediction Prediction { get; }

    /// <summary>What the model saw: the map's places divide it evenly.</summary>
    public ImageSpec Input { get; }

    /// <summary>The picture's own width in pixels, upright.</summary>
    public int PictureWidth { get; }

    /// <summary>The picture's own height in pixels, upright.</summary>
    public int PictureHeight { get; }

    /// <summary>
    /// [height, width], in logits: the contributions with the bias divided among them, so that they alone add up to the logit. A place that
    /// shows what pictures show on average comes out near the average: better to look at.
    /// </summary>
    public ImmutableArray<float> Evidence => [.. Contributions.Select(value => value + (Bias / Contributions.Length))];
}
