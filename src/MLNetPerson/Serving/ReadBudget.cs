namespace MLNetPerson.Serving;

/// <summary>How many streams may be read at a time, and how much memory they and the pictures that wait may take. Thread-safe.</summary>
internal sealed class ReadBudget(int reads, long bytes)
{
    private int _reads;
    private long _bytes;

    /// <summary>Takes a place for one stream.</summary>
    /// <exception cref="PersonBusyException">All places are taken.</exception>
    public Share Enter()
    {
        if (Interlocked.Increment(ref _reads) > reads)
        {
            Interlocked.Decrement(ref _reads);
            throw PersonBusyException.Reads(reads);
        }

        return new Share(this);
    }

    /// <summary>One stream's part: its place while it is read, its bytes until it is disposed.</summary>
    public sealed class Share(ReadBudget budget) : IDisposable
    {
        private long _held;
        private bool _reading = true;

        /// <summary>Takes more memory.</summary>
        /// <exception cref="PersonBusyException">It would be more than all may take together.</exception>
        public void Grow(long bytes)
        {
            if (Interlocked.Add(ref budget._bytes, bytes) > budget.Limit)
            {
                Interlocked.Add(ref budget._bytes, -bytes);
                throw PersonBusyException.Bytes(budget.Limit);
            }

            _held += bytes;
        }

        /// <summary>Gives the place back: the stream has been read.</summary>
        public void EndReading()
        {
            if (_reading)
            {
                _reading = false;
                Interlocked.Decrement(ref budget._reads);
            }
        }

        public void Dispose()
        {
            EndReading();
            Interlocked.Add(ref budget._bytes, -_held);
            _held = 0;
        }
    }

    private long Limit => bytes;
}
