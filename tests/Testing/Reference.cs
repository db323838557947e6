namespace MLNetPerson.Testing;

/// <summary>Plain implementations that fast ones must agree with: formulas typed out, no vectors.</summary>
public static class Reference
{
    /// <summary>Minimises Σ w·log loss / Σ w + λ/2 ‖weights‖² by Newton's method. Returns the weights, then the bias.</summary>
    public static double[] LogisticNewton(double[][] rows, bool[] labels, double[] sampleWeights, double l2)
    {
        var size = rows[0].Length + 1;
        var parameters = new double[size];
        var total = sampleWeights.Sum();
        for (var step = 0; step < 50; step++)
        {
            var gradient = new double[size];
            var hessian = new double[size, size];
            for (var row = 0; row < rows.Length; row++)
            {
                double[] features = [.. rows[row], 1];
                var logit = features.Zip(parameters, (x, p) => x * p).Sum();
                var probability = 1 / (1 + Math.Exp(-logit));
                var (slope, curvature) = (
                    sampleWeights[row] * (probability - (labels[row] ? 1 : 0)) / total,
                    sampleWeights[row] * probability * (1 - probability) / total
                );
                for (var i = 0; i < size; i++)
                {
                    gradient[i] += slope * features[i];
                    for (var j = 0; j < size; j++)
                    {
                        hessian[i, j] += curvature * features[i] * features[j];
                    }
                }
            }

            for (var i = 0; i < size - 1; i++)
            {
                gradient[i] += l2 * parameters[i];
                hessian[i, i] += l2;
            }

            var change = Solve(hessian, gradient);
            for (var i = 0; i < size; i++)
            {
                parameters[i] -= change[i];
            }
        }

        return parameters;
    }

    /// <summary>Convolution over [height, width, channels] as TensorFlow defines it.</summary>
    /// <param name="kernel">[h, w, in, out]; [h, w, channels, 1] where depthwise.</param>
    public static (double[] Values, int Height, int Width) Convolve(
        double[] input,
        int height,
        int width,
        int channels,
        float[] kernel,
        int kernelHeight,
        int kernelWidth,
        int outputs,
        int stride,
        bool same,
        bool depthwise
    )
    {
        var outHeight = same ? (height + stride - 1) / stride : ((height - kernelHeight) / stride) + 1;
        var outWidth = same ? (width + stride - 1) / stride : ((width - kernelWidth) / stride) + 1;
        var top = same ? Math.Max(0, ((outHeight - 1) * stride) + kernelHeight - height) / 2 : 0;
        var left = same ? Math.Max(0, ((outWidth - 1) * stride) + kernelWidth - width) / 2 : 0;
        var result = new double[outHeight * outWidth * outputs];
        for (var y = 0; y < outHeight; y++)
        {
            for (var x = 0; x < outWidth; x++)
            {
                for (var output = 0; output < outputs; output++)
                {
                    var sum = 0.0;
                    for (var ky = 0; ky < kernelHeight; ky++)
                    {
                        for (var kx = 0; kx < kernelWidth; kx++)
                        {
                            var (iy, ix) = ((y * stride) + ky - top, (x * stride) + kx - left);
                            if (iy < 0 || ix < 0 || iy >= height || ix >= width)
                            {
                                continue;
                            }

                            for (var channel = depthwise ? output : 0; channel < (depthwise ? output + 1 : channels); channel++)
                            {
                                var weight = depthwise
                                    ? kernel[(((ky * kernelWidth) + kx) * channels) + channel]
                                    : kernel[(((((ky * kernelWidth) + kx) * channels) + channel) * outputs) + output];
                                sum += input[(((iy * width) + ix) * channels) + channel] * weight;
                            }
                        }
                    }

                    result[(((y * outWidth) + x) * outputs) + output] = sum;
                }
            }
        }

        return (result, outHeight, outWidth);
    }

    /// <summary>Triangle filter, first along rows and then along columns, rounded to bytes after each; weights in units of 2⁻²².</summary>
    public static byte[] Resize(byte[] rgb, int width, int height, int newWidth, int newHeight)
    {
        var narrow = Axis(width, newWidth, height, (x, y, c) => rgb[(((y * width) + x) * 3) + c]);
        var small = Axis(height, newHeight, newWidth, (y, x, c) => narrow[(((y * newWidth) + x) * 3) + c]);
        // The second pass ran over columns, so it lies transposed.
        return
        [
            .. Enumerable
                .Range(0, newWidth * newHeight * 3)
                .Select(i => small[(((i / 3 % newWidth * newHeight) + (i / 3 / newWidth)) * 3) + (i % 3)]),
        ];
    }

    /// <summary>[other, newSize, 3] from values at (position along the axis, position across it, channel).</summary>
    private static byte[] Axis(int size, int newSize, int other, Func<int, int, int, byte> value)
    {
        var scale = size / (double)newSize;
        var reach = Math.Max(1, scale);
        var result = new byte[other * newSize * 3];
        for (var position = 0; position < newSize; position++)
        {
            var centre = (position + 0.5) * scale;
            var from = Math.Max(0, (int)(centre - reach + 0.5));
            var to = Math.Min(size, (int)(centre + reach + 0.5));
            var weights = Enumerable.Range(from, to - from).Select(i => Math.Max(0, 1 - Math.Abs((i - centre + 0.5) / reach))).ToArray();
            for (var across = 0; across < other; across++)
            {
                for (var c = 0; c < 3; c++)
                {
                    var sum = 1 << 21;
                    for (var i = from; i < to; i++)
                    {
                        sum += value(i, across, c) * (int)((weights[i - from] / weights.Sum() * (1 << 22)) + 0.5);
                    }

                    result[(((across * newSize) + position) * 3) + c] = (byte)Math.Clamp(sum >> 22, 0, 255);
                }
            }
        }

        return result;
    }

    private static double[] Solve(double[,] matrix, double[] right)
    {
        var size = right.Length;
        var (a, b) = ((double[,])matrix.Clone(), (double[])right.Clone());
        for (var pivot = 0; pivot < size; pivot++)
        {
            var best = Enumerable.Range(pivot, size - pivot).MaxBy(row => Math.Abs(a[row, pivot]));
            for (var column = 0; column < size; column++)
            {
                (a[pivot, column], a[best, column]) = (a[best, column], a[pivot, column]);
            }

            (b[pivot], b[best]) = (b[best], b[pivot]);
            for (var row = pivot + 1; row < size; row++)
            {
                var factor = a[row, pivot] / a[pivot, pivot];
                for (var column = pivot; column < size; column++)
                {
                    a[row, column] -= factor * a[pivot, column];
                }

                b[row] -= factor * b[pivot];
            }
        }

        for (var row = size - 1; row >= 0; row--)
        {
            for (var column = row + 1; column < size; column++)
            {
                b[row] -= a[row, column] * b[column];
            }

            b[row] /= a[row, row];
        }

        return b;
    }
}
