namespace MLNetPerson.Training.Curation.Neighbours;

/// <summary>For each row its nearest others so far. Thread-safe; the same whatever the order in which pairs are offered.</summary>
internal sealed class NearestLists
{
    private const int Locks = 1024; // a power of 2: far more than threads, far fewer than rows

    private readonly int _count;
    private readonly int[] _others;
    private readonly float[] _cosines;
    private readonly Lock[] _locks = [.. Enumerable.Range(0, Locks).Select(_ => new Lock())];

    /// <param name="rows">Number of rows.</param>
    /// <param name="count">Neighbours kept of each.</param>
    /// <param name="least">A smaller cosine is not kept.</param>
    public NearestLists(int rows, int count, float least)
    {
        _count = count;
        (_others, _cosines) = (new int[rows * count], new float[rows * count]);
        Array.Fill(_others, int.MaxValue);
        Array.Fill(_cosines, least);
    }

    /// <summary>Takes a pair into both rows' lists where it belongs there.</summary>
    public void Offer(int first, int second, float cosine)
    {
        Insert(first, second, cosine);
        Insert(second, first, cosine);
    }

    /// <summary>The pairs (i &lt; j) in any list, in order.</summary>
    public List<(int First, int Second, float Cosine)> Pairs()
    {
        HashSet<(int, int, float)> pairs = [];
        for (var i = 0; i < _others.Length; i++)
        {
            if (_others[i] != int.MaxValue)
            {
                var (row, other) = (i / _count, _others[i]);
                pairs.Add((Math.Min(row, other), Math.Max(row, other), _cosines[i]));
            }
        }

        return [.. pairs.Order()];
    }

    private void Insert(int row, int other, float cosine)
    {
        // Looked at without a lock first: the last place only ever rises.
        if (cosine < Volatile.Read(ref _cosines[(row * _count) + _count - 1]))
        {
            return;
        }

        lock (_locks[row & (Locks - 1)])
        {
            var others = _others.AsSpan(row * _count, _count);
            var cosines = _cosines.AsSpan(row * _count, _count);
            var place = _count;
            while (place > 0 && (cosine > cosines[place - 1] || (cosine.Equals(cosines[place - 1]) && other < others[place - 1])))
            {
                place--;
            }

            if (place < _count)
            {
                others[place..^1].CopyTo(others[(place + 1)..]);
                cosines[place..^1].CopyTo(cosines[(place + 1)..]);
                (others[place], cosines[place]) = (other, cosine);
            }
        }
    }
}
