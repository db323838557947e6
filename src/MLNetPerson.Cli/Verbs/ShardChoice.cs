using System.CommandLine;
using MLNetPerson.Work;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>--shard</c> and <c>--cache</c>: which part of work that several processes share is this one's, and where they
/// meet.</summary>
internal sealed class ShardChoice
{
    private readonly Option<string?> _shard = new("--shard")
    {
        Description =
            "this process's part, such as 3/16; where left out, what Slurm's job array, a Kubernetes indexed job, GNU parallel or an AWS "
            + "Batch array says (SHARD_COUNT is the number of parts where the scheduler has no variable for it), or the whole",
        HelpName = "number/count",
    };

    private readonly Option<string?> _cache;
    private readonly bool _isRequired;

    /// <param name="what">What the shared folder is for.</param>
    /// <param name="isRequired">Whether the verb needs one.</param>
    public ShardChoice(string what, bool isRequired = false)
    {
        _isRequired = isRequired;
        _cache = Cache(what);
        _cache.Required = isRequired;
    }

    public static Option<string?> Cache(string what) => new("--cache") { Description = what, HelpName = "folder" };

    public ShardChoice AddTo(Command verb)
    {
        verb.Options.Add(_shard);
        verb.Options.Add(_cache);
        return this;
    }

    /// <summary>The shared folder, or null.</summary>
    public string? Folder(ParseResult args) => args.GetValue(_cache) is { } folder ? Path.GetFullPath(folder) : null;

    /// <summary>The part; the environment is only asked where there is a shared folder.</summary>
    /// <exception cref="ShardException">There is no such part, or settings disagree, or parts have no folder to meet in.</exception>
    public Shard Of(ParseResult args) =>
        args.GetValue(_cache) is not null || _isRequired ? Shard.Resolve(args.GetValue(_shard), Environment.GetEnvironmentVariable)
        : args.GetValue(_shard) is { } stray
            ? throw new ShardException($"--shard {stray} needs a folder in which the parts meet: name one by --cache.")
        : Shard.Whole;
}
