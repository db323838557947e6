namespace MLNetPerson.Training.Import;

/// <summary>Reads an archive's entry and compares its bytes with the checksum that the archive promises: .NET's reader of zip files does
/// not.</summary>
/// <param name="inner">The entry's bytes; disposed with this.</param>
/// <param name="promised">CRC-32 of all bytes (APPNOTE.TXT 4.4.7).</param>
/// <param name="name">What to call the entry in an error.</param>
internal sealed class CheckedStream(Stream inner, uint promised, string name) : Stream
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Table =
    [
        .. Enumerable
            .Range(0, 256)
            .Select(value =>
                Enumerable.Range(0, 8).Aggregate((uint)value, (crc, _) => (crc & 1) == 1 ? (crc >> 1) ^ Polynomial : crc >> 1)
            ),
    ];

    private uint _crc = uint.MaxValue;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidDataException">The entry ended, and its bytes are not those that were packed.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        foreach (var value in buffer.AsSpan(offset, read))
        {
            _crc = Table[(byte)(_crc ^ value)] ^ (_crc >> 8);
        }

        return read > 0 || count == 0 || ~_crc == promised
            ? read
            : throw new InvalidDataException($"The bytes of '{name}' do not fit their checksum, so the archive is damaged.");
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
