using MLNetPerson.Files;
using MLNetPerson.Work;

namespace MLNetPerson.Tests.Work;

/// <summary>Which part of the work is this process's: one pure function, as a table.</summary>
public sealed class ShardTests
{
    [Theory]
    [InlineData(null, "", "1/1")]
    [InlineData("3/16", "", "3/16")]
    [InlineData("16/16", "", "16/16")]
    [InlineData("1/1", "", "1/1")]
    [InlineData(null, "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=8", "3/8")]
    [InlineData(null, "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_COUNT=8", "1/8")]
    [InlineData(null, "SLURM_ARRAY_TASK_ID=14 SLURM_ARRAY_TASK_MIN=2 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_STEP=4", "4/4")]
    [InlineData("3/8", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=8", "3/8")]
    [InlineData(null, "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=8 SHARD_COUNT=8", "3/8")]
    [InlineData(null, "JOB_COMPLETION_INDEX=0 SHARD_COUNT=16", "1/16")]
    [InlineData(null, "JOB_COMPLETION_INDEX=15 SHARD_COUNT=16", "16/16")]
    [InlineData(null, "PARALLEL_SEQ=1 SHARD_COUNT=8", "1/8")]
    [InlineData(null, "PARALLEL_SEQ=8 SHARD_COUNT=8", "8/8")]
    [InlineData(null, "AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=10", "3/10")]
    [InlineData(null, "AWS_BATCH_JOB_ARRAY_INDEX=2 SHARD_COUNT=10", "3/10")]
    [InlineData("3/10", "AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=10 SHARD_COUNT=10", "3/10")]
    [InlineData(null, "SLURM_ARRAY_TASK_ID= JOB_COMPLETION_INDEX= PARALLEL_SEQ=", "1/1")]
    public void A_shard_is_what_the_command_line_or_the_scheduler_says(string? option, string environment, string expected) =>
        Assert.Equal(expected, Resolve(option, environment).ToString());

    [Theory]
    [InlineData("0/0", "", "--shard 0/0: there is at least one shard.")]
    [InlineData("17/16", "", "--shard 17/16: shards are numbered from 1 to 16.")]
    [InlineData("0/16", "", "--shard 0/16: shards are numbered from 1 to 16.")]
    [InlineData("3", "", "--shard 3 is no shard. Write its number and how many there are, such as 3/16.")]
    [InlineData("-1/4", "", "--shard -1/4 is no shard. Write its number and how many there are, such as 3/16.")]
    [InlineData("1/9999999", "", "--shard 1/9999999: there are at most 1000000 shards.")]
    [InlineData(
        "3/16",
        "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=8",
        "--shard says 3/16 and SLURM_ARRAY_TASK_ID is 3 (array of 8 from 1), which is shard 3/8,. Leave one of them out, or make them "
            + "agree."
    )]
    [InlineData(
        null,
        "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=8 SHARD_COUNT=16",
        "SLURM_ARRAY_TASK_ID is 3 (array of 8 from 1), which is shard 3/8, and SHARD_COUNT is 16. Leave one of them out, or make them "
            + "agree."
    )]
    [InlineData(
        null,
        "JOB_COMPLETION_INDEX=2 PARALLEL_SEQ=2 SHARD_COUNT=4",
        "JOB_COMPLETION_INDEX is 2, which is shard 3/4, and PARALLEL_SEQ is 2, which is shard 2/4,. Leave one of them out, or make "
            + "them agree."
    )]
    [InlineData(
        null,
        "AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=10 SHARD_COUNT=8",
        "AWS_BATCH_JOB_ARRAY_SIZE is 10 and SHARD_COUNT is 8. Leave one of them out, or make them agree."
    )]
    [InlineData(
        null,
        "JOB_COMPLETION_INDEX=3",
        "JOB_COMPLETION_INDEX is 3, and SHARD_COUNT is not set. Set SHARD_COUNT to the number of completions of the Kubernetes job, "
            + "or unset "
            + "JOB_COMPLETION_INDEX and say --shard."
    )]
    [InlineData(
        null,
        "PARALLEL_SEQ=3",
        "PARALLEL_SEQ is 3, and SHARD_COUNT is not set. Set SHARD_COUNT to the number of jobs that GNU parallel has, or unset PARALLEL_SEQ "
            + "and say --shard."
    )]
    [InlineData(null, "PARALLEL_SEQ=9 SHARD_COUNT=8", "PARALLEL_SEQ is 9 and SHARD_COUNT is 8: shards are numbered from 1 to 8.")]
    [InlineData(
        null,
        "JOB_COMPLETION_INDEX=x SHARD_COUNT=8",
        "JOB_COMPLETION_INDEX is 'x', which is no whole number. Correct or unset it."
    )]
    [InlineData(
        null,
        "SHARD_COUNT=8",
        "SHARD_COUNT is 8, and nothing says which of them this is. Say --shard 1/8 and so on, start it by a scheduler that numbers "
            + "its jobs, "
            + "or unset SHARD_COUNT."
    )]
    [InlineData(
        null,
        "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=3",
        "SLURM_ARRAY_TASK_ID is 7 (array of 3 from 1), which is no shard of it. Use an array without gaps, such as --array=1-3."
    )]
    [InlineData(
        null,
        "SLURM_ARRAY_TASK_ID=7",
        "SLURM_ARRAY_TASK_ID is 7, but SLURM_ARRAY_TASK_MIN or SLURM_ARRAY_TASK_COUNT is not set. Pass all of SLURM_ARRAY_TASK_* on to the "
            + "program, or unset SLURM_ARRAY_TASK_ID and say --shard."
    )]
    public void What_is_no_shard_or_contradicts_itself_is_one_sentence(string? option, string environment, string expected) =>
        Assert.Equal(expected.Replace(",.", "."), Assert.Throws<ShardException>(() => Resolve(option, environment)).Message);

    [Theory]
    [InlineData("0000000000000000", 16, 1)]
    [InlineData("0fffffffffffffff", 16, 1)]
    [InlineData("1000000000000000", 16, 2)]
    [InlineData("ffffffffffffffff", 16, 16)]
    [InlineData("7fffffffffffffff", 2, 1)]
    [InlineData("8000000000000000", 2, 2)]
    [InlineData("5555555555555555", 3, 1)]
    [InlineData("5555555555555556", 3, 2)]
    [InlineData("ffffffffffffffff", 1, 1)]
    [InlineData("ffffffffffffffff", 1_000_000, 1_000_000)]
    public void A_hash_belongs_to_the_shard_that_its_first_64_bits_say(string prefix, int count, int expected)
    {
        var sha256 = prefix + new string('a', 48);

        Assert.Equal(expected, Shard.NumberOf(sha256, count));
        Assert.Equal(
            expected,
            Enumerable.Range(1, Math.Min(count, 100)).Append(count).First(number => new Shard(number, count).Owns(sha256))
        );
    }

    [Fact]
    public void Every_picture_has_one_shard_shards_are_of_like_size_and_a_new_picture_moves_nobody()
    {
        const int Count = 7;
        string[] hashes = [.. Enumerable.Range(0, 7000).Select(i => Sha256Text.OfBytes(BitConverter.GetBytes(i)))];
        var shards = Enumerable.Range(1, Count).Select(number => new Shard(number, Count)).ToList();

        var before = hashes.Select(hash => shards.Single(shard => shard.Owns(hash)).Number).ToList();

        // Mean 1000, standard deviation 29: seven shards leave 880 to 1120 once in some 4000 draws, and this draw is fixed.
        Assert.All(before.CountBy(number => number), shard => Assert.InRange(shard.Value, 880, 1120));
        Assert.Equal(before, hashes.Append(Sha256Text.OfBytes([1, 2, 3])).Select(hash => Shard.NumberOf(hash, Count)).Take(hashes.Length));
    }

    [Fact]
    public void A_hash_that_is_none_is_refused() => Assert.Throws<FormatException>(() => Shard.NumberOf("12ab", 4));

    private static Shard Resolve(string? option, string environment)
    {
        var variables = environment
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Split('='))
            .ToDictionary(entry => entry[0], entry => entry[1]);
        return Shard.Resolve(option, name => variables.GetValueOrDefault(name));
    }
}
