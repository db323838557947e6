using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNetPerson.Images;

/// <summary>
/// Resizes RGB bytes by an antialiasing triangle filter: rows come in from the top as they are decoded, each is brought to the
/// output's width at once, and the columns follow at the end. So memory is the output's width times the input's height, however
/// wide the picture. Whole-number arithmetic: every machine makes the same pixels.
/// </summary>
internal sealed class Resampler : IDisposable
{
    private const int Half = 1 << (ResampleAxis.PrecisionBits - 1);

    private readonly ResampleAxis _horizontal;
    private readonly ResampleAxis _vertical;
    private readonly int _outputRow;
    private readonly byte[] _rows;
    private int _received;

    public Resampler(int inputWidth, int inputHeight, int outputWidth, int outputHeight)
    {
        _horizontal = new ResampleAxis(inputWidth, outputWidth);
        _vertical = new ResampleAxis(inputHeight, outputHeight);
        _outputRow = outputWidth * 3;
        _rows = ArrayPool<byte>.Shared.Rent(checked(_outputRow * inputHeight));
    }

    /// <summary>Takes the next rows from the top.</summary>
    /// <param name="rgb">Whole rows of the input's width, three bytes a pixel, and at least one byte more to read over the end.</param>
    /// <param name="rows">How many.</param>
    public void Add(ReadOnlySpan<byte> rgb, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            Horizontal(rgb[(row * _horizontal.InputSize * 3)..], _rows.AsSpan(_received * _outputRow, _outputRow));
            _received++;
        }
    }

    /// <summary>Writes the resized picture, once all rows have come.</summary>
    /// <param name="destination">From the first pixel to fill.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    public void Finish(Span<byte> destination, int stride)
    {
        if (_received != _vertical.InputSize)
        {
            throw new InvalidOperationException($"{_received} of {_vertical.InputSize} rows have come.");
        }

        for (var row = 0; row < _vertical.OutputSize; row++)
        {
            Vertical(row, destination.Slice(row * stride, _outputRow));
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_rows);

    /// <summary>One row: a pixel's three channels are summed side by side in one vector.</summary>
    private void Horizontal(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var axis = _horizontal;
        if (axis.InputSize == axis.OutputSize)
        {
            input[..output.Length].CopyTo(output); // all weights would be 1
            return;
        }

        ref var pixels = ref MemoryMarshal.GetReference(input);
        ref var weights = ref MemoryMarshal.GetArrayDataReference(axis.Weights);
        for (var x = 0; x < axis.OutputSize; x++)
        {
            var sum = Vector128.Create(Half);
            ref var pixel = ref Unsafe.Add(ref pixels, axis.First[x] * 3);
            ref var weight = ref Unsafe.Add(ref weights, x * axis.Taps);
            for (var tap = 0; tap < axis.Count[x]; tap++)
            {
                var bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref pixel, tap * 3))).AsByte();
                sum += Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32() * Unsafe.Add(ref weight, tap);
            }

            sum >>= ResampleAxis.PrecisionBits;
            // Weights are never negative and sum to one, so nothing leaves 0 to 255.
            (output[x * 3], output[(x * 3) + 1], output[(x * 3) + 2]) = ((byte)sum[0], (byte)sum[1], (byte)sum[2]);
        }
    }

    /// <summary>One output row: sums of whole input rows, many bytes at a time.</summary>
    private void Vertical(int row, Span<byte> output)
    {
        var axis = _vertical;
        var (first, count) = (axis.First[row], axis.Count[row]);
        var weights = axis.Weights.AsSpan(row * axis.Taps, count);
        var i = 0;
        ref var start = ref _rows[first * _outputRow];
        for (; i + Vector128<byte>.Count <= output.Length; i += Vector128<byte>.Count)
        {
            Vector128<int> a = Vector128.Create(Half),
                b = a,
                c = a,
                d = a;
            for (var tap = 0; tap < count; tap++)
            {
                var bytes = Vector128.LoadUnsafe(ref start, (nuint)((tap * _outputRow) + i));
                var (low, high) = Vector128.Widen(bytes);
                var (low0, low1) = Vector128.Widen(low);
                var (high0, high1) = Vector128.Widen(high);
                a += low0.AsInt32() * weights[tap];
                b += low1.AsInt32() * weights[tap];
                c += high0.AsInt32() * weights[tap];
                d += high1.AsInt32() * weights[tap];
            }

            var left = Vector128.Narrow(a >> ResampleAxis.PrecisionBits, b >> ResampleAxis.PrecisionBits);
            var right = Vector128.Narrow(c >> ResampleAxis.PrecisionBits, d >> ResampleAxis.PrecisionBits);
            Vector128.Narrow(left.AsUInt16(), right.AsUInt16()).CopyTo(output[i..]);
        }

        for (; i < output.Length; i++)
        {
            var sum = Half;
            for (var tap = 0; tap < count; tap++)
            {
                sum += Unsafe.Add(ref start, (tap * _outputRow) + i) * weights[tap];
            }

            output[i] = (byte)(sum >> ResampleAxis.PrecisionBits);
        }
    }
}
