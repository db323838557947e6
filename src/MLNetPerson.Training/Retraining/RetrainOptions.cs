using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Retraining;

/// <summary>A retrain, but for the pictures.</summary>
public sealed record RetrainOptions
{
    /// <summary>The package's folder.</summary>
    public required string Out { get; init; }

    /// <summary>What decides the model.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>What to call the package; null for the recipe's and the dataset's names.</summary>
    public string? Name { get; init; }

    /// <summary>Where the pictures come from and under which terms, for the package's card; null to say nothing.</summary>
    public string? Terms { get; init; }

    /// <summary>The encodings to add to the package, calibrated on the training pictures; null for none.</summary>
    public QuantizeOptions? Encodings { get; init; }

    /// <summary>What fits the head at one penalty; null for this project's own solver.</summary>
    public IHeadSolver? Solver { get; init; }

    /// <summary>What fits the head instead where the features do not fit into memory (<see cref="FeatureOptions.MostTableBytes"/>); null
    /// for
    /// <see cref="Solver"/> there too. This project's own goes through them in few passes; others need hundreds.</summary>
    public IHeadSolver? SolverOfLargeTables { get; init; }

    /// <summary>The budget that the recipe's size was chosen for, for the package's manifest: see <see cref="Sizes.BudgetChooser"/>. Null
    /// where none was asked for.</summary>
    public PackageBudget? Budget { get; init; }

    /// <summary>How features are extracted.</summary>
    public FeatureOptions Features { get; init; } = new();
}
