using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Quantization;
using MLNetPerson.Training.Quantization.Passes;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Tests.Quantization;

/// <summary>Every rule of the arithmetic with numbers worked out by hand.</summary>
public sealed class ArithmeticTests
{
    [Theory]
    [InlineData(0, 255, 1, 0)]
    [InlineData(0, 6, 6 / 255f, 0)] // ReLU6: all integers for 0 to 6
    [InlineData(-1, 1, 2 / 255f, 127)] // float32's 2/255 is a hair above it: 127.49999
    [InlineData(-255, 0, 1, 255)]
    [InlineData(-0.5, 254.5, 1, 0)] // 0.5, to even: 0
    [InlineData(-1.5, 253.5, 1, 2)] // 1.5, to even: 2
    [InlineData(2, 255, 1, 0)] // 0 must be there, so the range becomes 0 to 255
    [InlineData(-510, -2, 2, 255)] // and −510 to 0
    public void Scale_and_zero_point_are_those_of_QuantizeLinear(double min, double max, float scale, int zeroPoint)
    {
        var parameters = QuantizationParameters.Asymmetric(new TensorRange(min, max), IntegerRange.Activations);

        Assert.Equal((scale, zeroPoint), (parameters.Scale, parameters.ZeroPoint));
        Assert.Equal(0, parameters.Dequantize(parameters.ZeroPoint));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1e-44)] // its scale would be no normal number
    public void A_degenerate_range_gets_scale_one(double min, double max) =>
        Assert.Equal(
            new QuantizationParameters(1, 0),
            QuantizationParameters.Asymmetric(new TensorRange(min, max), IntegerRange.Activations)
        );

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(1.5, 2)]
    [InlineData(2.5, 2)]
    [InlineData(-3, 0)]
    [InlineData(300, 255)]
    public void Integers_are_rounded_half_to_even_and_saturate(double value, int integer) =>
        Assert.Equal(integer, new QuantizationParameters(1, 0).Quantize(value, IntegerRange.Activations));

    [Fact]
    public void Weights_are_symmetric_channel_by_channel()
    {
        // Largest magnitudes 2.54 and 0.5: scales 0.02 and 0.5 / 127.
        var quantized = QuantizedWeights.Of([2.54f, -1.27f, 0.01f, 0.5f, -0.5f, 0.25f], 2, null, 1, IntegerRange.Weights);

        Assert.Equal([(float)(2.54f / 127.0), (float)(0.5 / 127)], quantized.Scales);
        // −1.27 / 0.02 = −63.5 and 0.25 · 127 / 0.5 = 63.5, to even; 0.01 / 0.02 = 0.5, to even
        Assert.Equal([127, -64, 0, 127, -127, 64], quantized.Values.Select(value => (int)value));
        Assert.Null(quantized.Bias);
    }

    [Fact]
    public void Portable_weights_take_seven_bits_and_their_pairs_never_overflow()
    {
        var quantized = QuantizedWeights.Of([1f, -1f, 0.5f], 1, null, 1, IntegerRange.PortableWeights);

        Assert.Equal([64, -64, 32], quantized.Values.Select(value => (int)value));
        Assert.True(2 * 255 * IntegerRange.PortableWeights.Max <= short.MaxValue);
        Assert.False(2 * 255 * IntegerRange.Weights.Max <= short.MaxValue);
    }

    [Fact]
    public void Biases_are_counted_in_products_of_input_and_weight_steps()
    {
        // Weight scale 1.27 / 127 = 0.01, input scale 0.5: a step of 0.005; 1 / 0.005 = 200.
        var quantized = QuantizedWeights.Of([1.27f, 0.01f], 1, [1f], 0.5, IntegerRange.Weights);

        Assert.Equal([200], quantized.Bias!);
    }

    [Fact]
    public void A_bias_that_would_overflow_makes_its_weights_coarser()
    {
        // Dead weights of 1e-12 would count a bias of 5 in steps of 7.9e-15: 6e14 of them, and 32 bits hold 2e9.
        var quantized = QuantizedWeights.Of([1e-12f, -1e-12f], 1, [5f], 1, IntegerRange.Weights);

        Assert.InRange(quantized.Bias![0], int.MaxValue / 4, int.MaxValue);
        Assert.Equal(5, quantized.Bias[0] * (double)quantized.Scales[0], 1e-6);
        Assert.All(quantized.Values, value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_tensor_with_two_readers_gets_one_pair_that_both_read()
    {
        var builder = new GraphBuilder("two");
        builder.Input("x", DataType.Float, -1, 1, 4, 4);
        builder.Constant(OnnxTensor.Of("w", [2f], 1, 1, 1, 1));
        builder.Node("MaxPool", "a", ["x"], OnnxNode.Attribute("kernel_shape", 1, 1));
        builder.Node("Conv", "b", ["a", "w"]);
        builder.Node("Add", "c", ["a", "b"]);
        builder.Node("Relu", "y", ["c"]);
        builder.Output("y", DataType.Float, -1, 1, 4, 4);
        var parameters = new[] { "x", "a", "b", "c" }.ToDictionary(name => name, _ => new QuantizationParameters(0.5f, 3));

        var graph = new InsertQuantizeDequantize(parameters, ImmutableHashSet<string>.Empty, IntegerRange.Weights).Run(builder.Graph).Graph;

        var quantize = Assert.Single(graph.Nodes, node => node.OpType == "QuantizeLinear" && node.Input[0] == "a");
        var dequantize = Assert.Single(graph.Consumers(quantize.Output[0]));
        Assert.Equal(["Conv", "Add"], graph.Consumers(dequantize.Output[0]).Select(node => node.OpType));
        Assert.Equal([quantize.Name], graph.Consumers("a").Select(node => node.Name));
    }

    [Fact]
    public void Any_value_inside_the_range_comes_back_within_half_a_step()
    {
        Prop.ForAll(
                ArbMap.Default.GeneratorFor<NormalFloat>().Three().ToArbitrary(),
                triple =>
                {
                    double a = triple.Item1.Get % 1e6,
                        b = triple.Item2.Get % 1e6,
                        share = Math.Abs(triple.Item3.Get % 1);
                    var (min, max) = (Math.Min(a, b), Math.Max(a, b));
                    var value = min + (share * (max - min));
                    var parameters = QuantizationParameters.Asymmetric(new TensorRange(min, max), IntegerRange.Activations);
                    var back = parameters.Dequantize(parameters.Quantize(value, IntegerRange.Activations));

                    // The zero point is rounded too, so that an end may lie half a step out.
                    return Math.Abs(back - value) <= (1.001 * parameters.Scale) + 1e-12;
                }
            )
            .QuickCheckThrowOnFailure();
    }
}
