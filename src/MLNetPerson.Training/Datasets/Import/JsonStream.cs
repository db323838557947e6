using System.Text.Json;

namespace MLNetPerson.Training.Datasets.Import;

/// <summary>Reads JSON of any length in blocks: memory is the block, which grows only where one token is longer.</summary>
internal static class JsonStream
{
    private const int FirstBlock = 1 << 17;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Shows every token to <paramref name="handle"/>.</summary>
    /// <exception cref="JsonException">Not JSON; the message has line and position.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static void Read(Stream stream, JsonTokenHandler handle, CancellationToken cancellation)
    {
        var lines = new LineCounter();
        var (block, filled) = (new byte[FirstBlock], 0);
        var state = new JsonReaderState(
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false }
        );
        for (var first = true; ; first = false)
        {
            cancellation.ThrowIfCancellationRequested();
            if (filled == block.Length)
            {
                Array.Resize(ref block, block.Length * 2);
            }

            var read = stream.ReadAtLeast(block.AsSpan(filled), first ? ByteOrderMark.Length : 1, throwOnEndOfStream: false);
            filled += read;
            if (first && block.AsSpan(0, filled).StartsWith(ByteOrderMark))
            {
                block.AsSpan(ByteOrderMark.Length, filled - ByteOrderMark.Length).CopyTo(block);
                filled -= ByteOrderMark.Length;
            }

            var reader = new Utf8JsonReader(block.AsSpan(0, filled), isFinalBlock: read == 0, state);
            while (reader.Read())
            {
                lines.At(block, (int)reader.TokenStartIndex);
                handle(ref reader, lines);
            }

            if (read == 0)
            {
                return;
            }

            var consumed = (int)reader.BytesConsumed;
            lines.Consumed(block, consumed);
            block.AsSpan(consumed, filled - consumed).CopyTo(block);
            filled -= consumed;
            state = reader.CurrentState;
        }
    }
}
