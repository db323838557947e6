using System.CommandLine;
using MLNetPerson.MLNet.Trainers;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>--trainer</c>: what fits the head. The default is ML.NET.</summary>
internal static class TrainerChoice
{
    private const string Builtin = "builtin";

    private const string Default = "mlnet";
    private static readonly string[] Names = [Builtin, Default, .. TrainerNames.All];
    private static readonly string Help = $"what fits the head: {Builtin}, mlnet (= mlnet:lbfgs), {string.Join(", ", TrainerNames.All)}";

    public static Option<string> Option() =>
        new("--trainer")
        {
            Description = Help,
            DefaultValueFactory = _ => Default,
            HelpName = "name",
            CompletionSources = { CommonOptions.Words(Names) },
        };

    /// <exception cref="HeadException">There is no such trainer.</exception>
    public static IHeadSolver Solver(string name, int seed)
    {
        if (name == Builtin)
        {
            return new BuiltinSolver();
        }

        return TrainerNames.Solver(name, seed);
    }
}
