using System.Numerics.Tensors;

namespace MLNetPerson.Tuning;

/// <summary>
/// Steps of the optimizers, in C#: what they remember are plain arrays, so that a checkpoint holds all of it and the same arrays give the
/// same bytes. Against a step's convolutions their time is small (0.5 % were measured).
/// </summary>
internal static class Optimizers
{
    /// <summary>Of Adam. D. Kingma and J. Ba, Adam: A method for stochastic optimization, ICLR 2015, algorithm 1.</summary>
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;

    /// <summary>Scales all gradients together so that their norm is at most <paramref name="most"/>.</summary>
    /// <returns>The norm before.</returns>
    public static double Clip(IEnumerable<TrainedTensor> tensors, double most)
    {
        var all = tensors as IReadOnlyList<TrainedTensor> ?? [.. tensors];
        double sum = 0;
        foreach (var tensor in all)
        {
            sum += TensorPrimitives.SumOfSquares<float>(tensor.Gradient);
        }

        var norm = Math.Sqrt(sum);
        if (norm > most)
        {
            foreach (var tensor in all)
            {
                TensorPrimitives.Multiply(tensor.Gradient, (float)(most / norm), tensor.Gradient);
            }
        }

        return norm;
    }

    /// <summary>One step of AdamW.</summary>
    /// <param name="weights">Changed.</param>
    /// <param name="tensor">Gradient and moments.</param>
    /// <param name="rate">Of this step and layer.</param>
    /// <param name="decay">Decoupled weight decay.</param>
    /// <param name="step">From 1.</param>
    public static void AdamW(Span<float> weights, TrainedTensor tensor, double rate, double decay, long step)
    {
        var (first, second, gradient) = (tensor.First, tensor.Second, tensor.Gradient);
        var size = (float)(rate / (1 - Math.Pow(Beta1, step)));
        var correction = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, step)));
        var keep = (float)(1 - (rate * (tensor.Decays ? decay : 0)));
        for (var i = 0; i < weights.Length; i++)
        {
            var g = gradient[i];
            var m = first[i] = (Beta1 * first[i]) + ((1 - Beta1) * g);
            var v = second[i] = (Beta2 * second[i]) + ((1 - Beta2) * g * g);
            weights[i] = (weights[i] * keep) - (size * m / ((MathF.Sqrt(v) * correction) + Epsilon));
        }
    }

    /// <summary>One step of SGD with Nesterov's momentum and decoupled weight decay; what is remembered is the velocity.</summary>
    public static void Sgd(Span<float> weights, TrainedTensor tensor, double rate, double decay, double momentum)
    {
        var (velocity, gradient) = (tensor.First, tensor.Gradient);
        var (pace, hold) = ((float)rate, (float)momentum);
        var keep = (float)(1 - (rate * (tensor.Decays ? decay : 0)));
        for (var i = 0; i < weights.Length; i++)
        {
            var v = velocity[i] = (hold * velocity[i]) + gradient[i];
            weights[i] = (weights[i] * keep) - (pace * (gradient[i] + (hold * v)));
        }
    }

    /// <summary>Moves the average towards the weights. The first steps count more, so that the start is soon forgotten.</summary>
    /// <param name="weights">As the step left them.</param>
    /// <param name="average">Changed.</param>
    /// <param name="share">Of itself that the average keeps. Range [0, 1).</param>
    /// <param name="step">From 1.</param>
    public static void MoveAverage(ReadOnlySpan<float> weights, float[] average, double share, long step)
    {
        var kept = (float)Math.Min(share, (1.0 + step) / (10 + step));
        for (var i = 0; i < average.Length; i++)
        {
            average[i] = weights[i] + (kept * (average[i] - weights[i]));
        }
    }
}
