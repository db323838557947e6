namespace MLNetPerson.Tuning.Batches;

/// <summary>
/// Random numbers that depend on their key alone: the same seed, epoch and picture give the same numbers on every machine and in every
/// order of work, so that a run which was interrupted goes on with the same pictures.
/// </summary>
/// <remarks>SplitMix64: G. Steele, D. Lea, C. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014, figure 17.</remarks>
internal struct Dice
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    public Dice(int seed, long epoch, long item)
    {
        _state = (uint)seed;
        _state = Next() ^ (ulong)epoch;
        _state = Next() ^ (ulong)item;
        _ = Next();
    }

    public ulong Next()
    {
        _state += Golden;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>Range [0, 1).</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Range [from, to).</summary>
    public double Between(double from, double to) => from + ((to - from) * Uniform());

    /// <summary>Range [0, count).</summary>
    public int Below(int count) => (int)(Uniform() * count);

    public bool Chance(double probability) => Uniform() < probability;

    /// <summary>Mean 0, standard deviation 1; the sum of twelve uniform numbers, which is near enough for noise in pictures.</summary>
    public double Normal()
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++)
        {
            sum += Uniform();
        }

        return sum;
    }

    /// <summary>The numbers 0 to <paramref name="count"/> − 1 in a random order (Fisher and Yates).</summary>
    public int[] Shuffle(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            var j = Below(i + 1);
            (order[i], order[j]) = (order[j], i);
        }

        return order;
    }
}
