using System.CommandLine;
using MLNetPerson.Training.Heads;
#if MLNET
using MLNetPerson.MLNet.Trainers;
#endif

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>--trainer</c>: what fits the head. The default is ML.NET where it is in the build.</summary>
internal static class TrainerChoice
{
    private const string Builtin = "builtin";

#if MLNET
    private const string Default = "mlnet";
    private static readonly string[] Names = [Builtin, Default, .. TrainerNames.All];
    private static readonly string Help = $"what fits the head: {Builtin}, mlnet (= mlnet:lbfgs), {string.Join(", ", TrainerNames.All)}";
#else
    private const string Default = Builtin;
    private static readonly string[] Names = [Builtin];
    private const string Help = $"what fits the head: {Builtin}; mlnet is not in this build";
#endif

    public static Option<string> Option() => new("--trainer") { Description = Help, DefaultValueFactory = _ => Default, HelpName = "name", CompletionSources = { CommonOptions.Words(Names) } };

    /// <exception cref="HeadException">There is no such trainer, or not in this build.</exception>
    public static IHeadSolver Solver(string name, int seed)
    {
        if (name == Builtin)
        {
            return new BuiltinSolver();
        }

#if MLNET
        return TrainerNames.Solver(name, seed);
#else
        throw new HeadException(name == "mlnet" || name.StartsWith("mlnet:", StringComparison.Ordinal)
            ? $"--trainer {name} is not in this build: NuGet could not restore ML.NET 5 (Microsoft.ML and its companions) when it was made. Use --trainer {Builtin}, which minimises the same objective, or build where those packages can be had."
            : $"There is no trainer '{name}'. There is {Builtin}; mlnet is not in this build.");
#endif
    }
}
