using System.Globalization;

namespace MLNetPerson.Work;

/// <summary>
/// A part of work that is divided by content: part <see cref="Number"/> of <see cref="Count"/>. A picture belongs to the part that the hash
/// of its bytes says, so that a new picture moves no other one, and its name and place do not matter.
/// </summary>
public sealed record Shard
{
    /// <summary>The variable that says how many shards there are where a scheduler does not.</summary>
    public const string CountVariable = "SHARD_COUNT";

    /// <summary>Enough for any cluster, and small enough that a slip of the keyboard is noticed.</summary>
    public const int MostShards = 1_000_000;

    private const int PrefixDigits = 16;

    /// <summary>A part of the work.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="count">At least <paramref name="number"/>.</param>
    /// <exception cref="ShardException">There is no such part.</exception>
    public Shard(int number, int count)
    {
        if (Fault(number, count) is { } fault)
        {
            throw new ShardException($"Shard {Text(number, count)}: {fault}.");
        }

        (Number, Count) = (number, count);
    }

    /// <summary>The work as a whole: 1/1.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Which part, from 1.</summary>
    public int Number { get; }

    /// <summary>How many parts there are.</summary>
    public int Count { get; }

    /// <summary>Whether this is all of the work.</summary>
    public bool IsWhole => Count == 1;

    /// <summary>Reads "3/16": the third of sixteen.</summary>
    /// <exception cref="ShardException">The text is no such thing, or there is no such part.</exception>
    public static Shard Parse(string text) =>
        Read(text, $"--shard {text}") is var (number, count) && Fault(number, count) is { } fault
            ? throw new ShardException($"--shard {text}: {fault}.")
            : new Shard(number, count);

    /// <summary>Number, from 1, of the shard that content belongs to. Depends on nothing else.</summary>
    /// <param name="sha256">Of the content, at least its first 16 hexadecimal digits.</param>
    /// <param name="count">How many shards there are. Range [1, <see cref="MostShards"/>].</param>
    /// <exception cref="FormatException">The hash does not begin with 16 hexadecimal digits.</exception>
    public static int NumberOf(ReadOnlySpan<char> sha256, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostShards);
        if (sha256.Length < PrefixDigits)
        {
            throw new FormatException($"'{sha256}' is shorter than the {PrefixDigits} hexadecimal digits that a shard is found by.");
        }

        // The first 64 bits as a fraction of 2^64, times the count: shards of like size without a division's remainder.
        var prefix = ulong.Parse(sha256[..PrefixDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return (int)Math.BigMul(prefix, (ulong)count, out _) + 1;
    }

    /// <summary>Whether content belongs to this part.</summary>
    /// <param name="prefix">The first 64 bits of its SHA-256.</param>
    internal bool Owns(ulong prefix) => (int)Math.BigMul(prefix, (ulong)Count, out _) + 1 == Number;

    /// <summary>Whether content belongs to this part.</summary>
    /// <param name="sha256">Of the content, at least its first 16 hexadecimal digits.</param>
    public bool Owns(ReadOnlySpan<char> sha256) => IsWhole || NumberOf(sha256, Count) == Number;

    /// <summary>
    /// Which part of the work this process has: what the command line says, or what the scheduler says that started it, or the whole. All
    /// that is said must agree.
    /// </summary>
    /// <param name="option">What the command line says, such as "3/16", or null.</param>
    /// <param name="variable">The value of a variable of the environment, or null where it is not set.</param>
    /// <remarks>
    /// Slurm's job arrays (sbatch(1), "output environment variables"): SLURM_ARRAY_TASK_ID from _MIN on in steps of _STEP, _COUNT of them.
    /// Kubernetes' indexed jobs: JOB_COMPLETION_INDEX from 0; it has no variable for .spec.completions. GNU parallel: PARALLEL_SEQ from 1;
    /// it has none for the number of jobs either. AWS Batch arrays: AWS_BATCH_JOB_ARRAY_INDEX from 0, and _SIZE.
    /// </remarks>
    /// <exception cref="ShardException">A value is no number, there is no such part, the count is missing, or two settings
    /// disagree; the message names both.</exception>
    public static Shard Resolve(string? option, Func<string, string?> variable)
    {
        List<(Shard Shard, string Said)> said = [];
        if (option is not null)
        {
            said.Add((Parse(option), $"--shard says {option}"));
        }

        var count = Integer(CountVariable, variable);
        if (Slurm(variable) is { } slurm)
        {
            said.Add(slurm);
        }

        if (Indexed("JOB_COMPLETION_INDEX", 0, null, count, "the number of completions of the Kubernetes job", variable) is { } kubernetes)
        {
            said.Add(kubernetes);
        }

        if (Indexed("PARALLEL_SEQ", 1, null, count, "the number of jobs that GNU parallel has", variable) is { } parallel)
        {
            said.Add(parallel);
        }

        if (
            Indexed("AWS_BATCH_JOB_ARRAY_INDEX", 0, "AWS_BATCH_JOB_ARRAY_SIZE", count, "the size of the AWS Batch array", variable) is
            { } batch
        )
        {
            said.Add(batch);
        }

        if (said.Count == 0)
        {
            return count is null
                ? Whole
                : throw new ShardException(
                    $"{CountVariable} is {count}, and nothing says which of them this is. Say --shard 1/{count} and so on, start it by a "
                        + $"scheduler that numbers its jobs, or unset {CountVariable}."
                );
        }

        var first = said[0];
        foreach (var other in said.Skip(1))
        {
            if (other.Shard != first.Shard)
            {
                throw new ShardException($"{first.Said} and {other.Said.TrimEnd(',')}. Leave one of them out, or make them agree.");
            }
        }

        return count is { } all && all != first.Shard.Count
            ? throw new ShardException($"{first.Said} and {CountVariable} is {all}. Leave one of them out, or make them agree.")
            : first.Shard;
    }

    /// <summary>For example "3/16".</summary>
    public override string ToString() => Text(Number, Count);

    private static (Shard Shard, string Said)? Slurm(Func<string, string?> variable)
    {
        const string Id = "SLURM_ARRAY_TASK_ID";
        if (Integer(Id, variable) is not { } id)
        {
            return null;
        }

        var (least, count) = (Integer("SLURM_ARRAY_TASK_MIN", variable), Integer("SLURM_ARRAY_TASK_COUNT", variable));
        if (least is not { } min || count is not { } all)
        {
            throw new ShardException(
                $"{Id} is {id}, but SLURM_ARRAY_TASK_MIN or SLURM_ARRAY_TASK_COUNT is not set. Pass all of SLURM_ARRAY_TASK_* on to the "
                    + $"program, or unset {Id} and say --shard."
            );
        }

        var step = Math.Max(1, Integer("SLURM_ARRAY_TASK_STEP", variable) ?? 1);
        var said = $"{Id} is {id} (array of {all} from {min}{(step == 1 ? "" : $" in steps of {step}")})";
        return (id - min) % step == 0 && Fault(((id - min) / step) + 1, all) is null
            ? (new Shard(((id - min) / step) + 1, all), $"{said}, which is shard {((id - min) / step) + 1}/{all},")
            : throw new ShardException($"{said}, which is no shard of it. Use an array without gaps, such as --array=1-{all}.");
    }

    private static (Shard Shard, string Said)? Indexed(
        string name,
        int first,
        string? sizeName,
        int? given,
        string what,
        Func<string, string?> variable
    )
    {
        if (Integer(name, variable) is not { } index)
        {
            return null;
        }

        var size = sizeName is null ? null : Integer(sizeName, variable);
        if (size is { } own && given is { } other && own != other)
        {
            throw new ShardException($"{sizeName} is {own} and {CountVariable} is {other}. Leave one of them out, or make them agree.");
        }

        if ((size ?? given) is not { } count)
        {
            throw new ShardException(
                $"{name} is {index}, and {CountVariable} is not set. Set {CountVariable} to {what}, or unset {name} and say --shard."
            );
        }

        var number = index - first + 1;
        return Fault(number, count) is { } fault
            ? throw new ShardException($"{name} is {index} and {(size is null ? CountVariable : sizeName)} is {count}: {fault}.")
            : (new Shard(number, count), $"{name} is {index}, which is shard {Text(number, count)},");
    }

    private static (int Number, int Count) Read(string text, string said)
    {
        var parts = text.Split('/');
        return
            parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? (number, count)
            : throw new ShardException($"{said} is no shard. Write its number and how many there are, such as 3/16.");
    }

    private static int? Integer(string name, Func<string, string?> variable) =>
        string.IsNullOrWhiteSpace(variable(name)) ? null
        : int.TryParse(variable(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
        : throw new ShardException($"{name} is '{variable(name)}', which is no whole number. Correct or unset it.");

    private static string? Fault(int number, int count) =>
        count < 1 ? "there is at least one shard"
        : count > MostShards ? string.Create(CultureInfo.InvariantCulture, $"there are at most {MostShards} shards")
        : number < 1 || number > count ? $"shards are numbered from 1 to {count.ToString(CultureInfo.InvariantCulture)}"
        : null;

    private static string Text(int number, int count) => string.Create(CultureInfo.InvariantCulture, $"{number}/{count}");
}
