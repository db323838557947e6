using System.Reflection;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.MLNet.Trainers;

/// <summary>From what <c>--trainer</c> says to a solver.</summary>
public static class TrainerNames
{
    /// <summary>What all names begin with; alone it stands for L-BFGS.</summary>
    public const string Prefix = "mlnet";

    /// <summary>ML.NET's version, e.g. "5.0.1".</summary>
    public static string LibraryVersion { get; } =
        typeof(Microsoft.ML.MLContext)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    private static readonly string[] NonLinear = ["lightgbm", "fasttree", "fastforest", "gam", "ldsvm", "fieldawarefactorizationmachine"];

    /// <summary>All names of linear trainers, for a help text.</summary>
    public static IReadOnlyList<string> All => [.. Enum.GetValues<MLNetTrainer>().Select(Name)];

    /// <summary>For example "mlnet:lbfgs": what a manifest says.</summary>
    public static string Name(MLNetTrainer trainer) => $"{Prefix}:{trainer.ToString().ToLowerInvariant()}";

    /// <summary>The solver of that name.</summary>
    /// <param name="name">"mlnet" or "mlnet:lbfgs" and so on; capitals do not matter.</param>
    /// <param name="seed">Of every random choice of the trainer.</param>
    /// <exception cref="ExportException">The name of a trainer whose model is not linear; the message says what still works.</exception>
    /// <exception cref="HeadException">No trainer's name.</exception>
    public static IHeadSolver Solver(string name, int seed)
    {
        var lower = name.Trim().ToLowerInvariant();
        if (lower == Prefix)
        {
            return new MLNetSolver(MLNetTrainer.Lbfgs, seed);
        }

        var kind = lower.StartsWith(Prefix + ":", StringComparison.Ordinal) ? lower[(Prefix.Length + 1)..] : "";
        foreach (var trainer in Enum.GetValues<MLNetTrainer>())
        {
            if (kind == trainer.ToString().ToLowerInvariant())
            {
                return new MLNetSolver(trainer, seed);
            }
        }

        throw NonLinear.Contains(kind)
            ? new ExportException(NonLinearMessage($"--trainer {name}"))
            : new HeadException($"There is no trainer '{name}'. There are builtin, {string.Join(", ", All)}.");
    }

    /// <summary>Why a package cannot have such a head, and what can be done with it all the same.</summary>
    internal static string NonLinearMessage(string what) =>
        $"{what} makes no linear model, and a package's head is one weight per feature and a bias: that is what is joined to the network, "
        + $"turned into integers and checked on "
        + $"every device. Take {string.Join(", ", All)}. What still works with any ML.NET trainer: mlContext.PersonPipeline(new "
        + $"PersonPipelineOptions {{ Trainer = … }}), "
        + "saved as ML.NET's own .zip and served by PersonPredictionEngine or AddPersonPredictionEnginePool.";
}
