using System.CommandLine;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Work;

namespace MLNetPerson.Cli.Verbs;

/// <summary>Where a CSV's files may lie, for each verb that reads a dataset; and what its reader passed over, on stderr.</summary>
internal sealed class DatasetChoice
{
    private readonly Option<string?> _root = new("--root")
    {
        Description = "folder that the CSV's relative paths start from, instead of its own",
        HelpName = "folder",
    };

    private readonly Option<bool> _anyPath = new("--any-path")
    {
        Description = "the CSV may name files anywhere: absolute paths, and paths that lead out of its folder",
    };

    public DatasetChoice AddTo(Command verb)
    {
        verb.Options.Add(_root);
        verb.Options.Add(_anyPath);
        return this;
    }

    /// <exception cref="DatasetException">The dataset cannot be read.</exception>
    public Dataset Read(ParseResult args, string path)
    {
        var dataset = DatasetReader.Read(path, new DatasetOptions { Root = args.GetValue(_root), AnyPath = args.GetValue(_anyPath) });
        PassedOverOutput.Write(path, dataset.PassedOver);
        return dataset;
    }

    /// <summary>The samples one after another, for a shard that begins at its own place; a folder of pictures is listed as a
    /// whole.</summary>
    /// <exception cref="DatasetException">The dataset cannot be read.</exception>
    public IEnumerable<Sample> Stream(ParseResult args, string path, Shard shard)
    {
        if (!Directory.Exists(path) || ShardedInput.Files(path) is not null)
        {
            return SampleStream.Read(
                path,
                new DatasetOptions { Root = args.GetValue(_root), AnyPath = args.GetValue(_anyPath) },
                shard.Number - 1,
                shard.Count
            );
        }

        var all = Read(args, path).Samples;
        var first = (int)((long)all.Length * (shard.Number - 1) / shard.Count);
        return [.. all[first..], .. all[..first]];
    }
}
