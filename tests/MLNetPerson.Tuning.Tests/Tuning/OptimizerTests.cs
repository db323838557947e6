namespace MLNetPerson.Tuning.Tests.Tuning;

public sealed class OptimizerTests
{
    [Fact]
    public void AdamW_agrees_with_its_paper_typed_out()
    {
        const double Rate = 0.01,
            Decay = 0.1;
        var random = new Random(17);
        float[] weights = [1, -2, 0.5f];
        var state = new TrainedTensor(weights, 1, decays: true);
        double[] w = [1, -2, 0.5],
            m = new double[3],
            v = new double[3];
        for (var step = 1; step <= 20; step++)
        {
            for (var i = 0; i < 3; i++)
            {
                state.Gradient[i] = (float)(random.NextDouble() - 0.5);
            }

            Optimizers.AdamW(weights, state, Rate, Decay, step);
            for (var i = 0; i < 3; i++)
            {
                double g = state.Gradient[i];
                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.999 * v[i]) + (0.001 * g * g);
                w[i] -= Rate * Decay * w[i];
                w[i] -= Rate * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }
        }

        FloatAssert.Close([.. w.Select(value => (float)value)], weights, 1e-5f);
    }

    [Fact]
    public void Momentum_carries_on_and_biases_do_not_decay()
    {
        float[] weights = [1];
        var state = new TrainedTensor(weights, 1, decays: false);
        state.Gradient[0] = 1;
        Optimizers.Sgd(weights, state, 0.1, 0.5, 0.9);
        Assert.Equal(1 - (0.1 * 1.9), weights[0], 1e-6);
        state.Gradient[0] = 0;
        Optimizers.Sgd(weights, state, 0.1, 0.5, 0.9);
        Assert.Equal(0.81 - (0.1 * 0.81), weights[0], 1e-6);
    }

    [Fact]
    public void Gradients_are_scaled_down_together_and_small_ones_are_left_alone()
    {
        var (a, b) = (new TrainedTensor(new float[1], 1, true), new TrainedTensor(new float[1], 1, true));
        (a.Gradient[0], b.Gradient[0]) = (3, 4);

        Assert.Equal(5, Optimizers.Clip([a, b], 1), 1e-6);
        Assert.Equal((0.6, 0.8), (Math.Round(a.Gradient[0], 6), Math.Round(b.Gradient[0], 6)));
        Optimizers.Clip([a, b], 2);
        Assert.Equal(0.6, a.Gradient[0], 1e-6);
    }

    [Fact]
    public void The_average_forgets_its_start_and_follows_the_weights()
    {
        float[] average = [0];
        for (var step = 1; step <= 2000; step++)
        {
            Optimizers.MoveAverage([1], average, 0.998, step);
        }

        Assert.InRange(average[0], 0.97, 1.0001);
    }

    [Fact]
    public void The_rate_rises_straight_falls_by_half_a_cosine_and_ends_where_it_was_told()
    {
        var options = new TuningOptions
        {
            Rate = 1,
            WarmUp = 0.1,
            FinalRate = 0.2,
        };
        double[] rates = [.. Enumerable.Range(0, 100).Select(step => LearningRate.Of(options, step, 100))];

        Assert.Equal(0.1, rates[0], 1e-9);
        Assert.Equal(1, rates[9], 1e-9);
        Assert.Equal(1, rates[10], 1e-9);
        Assert.Equal(0.2, rates[99], 1e-9);
        Assert.Equal(0.2 + (0.8 * 0.5 * (1 + Math.Cos(Math.PI * 45 / 89))), rates[55], 1e-9);
        Assert.True(rates.Skip(10).Zip(rates.Skip(11)).All(pair => pair.First >= pair.Second));
    }

    [Fact]
    public void A_checkpoint_comes_back_as_it_was_and_says_what_is_wrong_with_another()
    {
        using var folder = new TempFolder();
        var path = folder["run.checkpoint"];
        var checkpoint = new Checkpoint
        {
            Key = "0123456789abcdef",
            Epoch = 2,
            Batch = 7,
            Step = 99,
            LossSum = 1.5,
            Seconds = 3,
            RateFactor = 0.5,
            SinceBest = 1,
            History = [new EpochReport(0, 32, 0, double.NaN, 0.7, 0.5, 0.5, 0)],
            Arrays =
            [
                [1, 2, 3],
                [],
                [float.MinValue],
            ],
        };
        Assert.Null(Checkpoint.Read(path, "any"));

        checkpoint.Write(path);
        var back = Checkpoint.Read(path, checkpoint.Key)!;

        Assert.Equal(checkpoint.History.ToArray(), back.History.ToArray());
        Assert.Equal(checkpoint.Arrays.SelectMany(array => array), back.Arrays.SelectMany(array => array));
        Assert.Equal((2, 7, 99L, 1.5, 0.5, 1), (back.Epoch, back.Batch, back.Step, back.LossSum, back.RateFactor, back.SinceBest));
        Assert.StartsWith(
            $"Checkpoint '{path}' is of another run (key 0123456789ab…, this one's is another-key-…): recipe, pictures, network, threads "
                + $"or library differ. ",
            Assert.Throws<TuningException>(() => Checkpoint.Read(path, "another-key-of-a-run")).Message,
            StringComparison.Ordinal
        );
        var bytes = File.ReadAllBytes(path);
        bytes[^40] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal(
            $"Checkpoint '{path}' is damaged: its content does not have the hash at its end. Delete it to begin again.",
            Assert.Throws<TuningException>(() => Checkpoint.Read(path, checkpoint.Key)).Message
        );
    }
}
