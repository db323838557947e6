using System.Buffers;

namespace MLNetPerson.Tests.Serving;

/// <summary>Pixels that nobody can read before they are released: whoever tries waits.</summary>
internal sealed class HeldPixels(byte[] pixels) : MemoryManager<byte>
{
    private readonly ManualResetEventSlim _released = new();

    public override Memory<byte> Memory => CreateMemory(pixels.Length);

    public void Release() => _released.Set();

    public override Span<byte> GetSpan()
    {
        _released.Wait();
        return pixels;
    }

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin() { }

    protected override void Dispose(bool disposing) => _released.Set();
}
