using System.Collections.Immutable;

namespace MLNetPerson.Packaging;

/// <summary>The time that an answer was to take, and how the size of the input was chosen for it.</summary>
/// <param name="Milliseconds">Asked for, for one picture.</param>
/// <param name="Basis"><see cref="Measured"/> or <see cref="Estimated"/>.</param>
/// <param name="What">What was measured or estimated, and what had to fit.</param>
/// <param name="Machine">That the times are of.</param>
/// <param name="Encoding">The model that they are of.</param>
/// <param name="Side">The side that was chosen, in pixels.</param>
/// <param name="Trials">All sides that were tried.</param>
public sealed record PackageBudget(
    double Milliseconds,
    string Basis,
    string What,
    string Machine,
    string Encoding,
    int Side,
    ImmutableArray<BudgetTrial> Trials
)
{
    /// <summary>Times of the machine that made the package: another machine's are others.</summary>
    public const string Measured = "measured";

    /// <summary>Nobody measured it: multiply-accumulates divided by rates that others published.</summary>
    public const string Estimated = "ESTIMATED";
}
