using MLNetPerson.Prediction;

namespace MLNetPerson.Serving;

/// <summary>How the serving of a package stands.</summary>
/// <param name="Package">The name of the package that answers.</param>
/// <param name="Folder">Where it was loaded from.</param>
/// <param name="Stamp">Of the package that answers: its manifest's hash.</param>
/// <param name="Choice">Which of its models answers, and why.</param>
/// <param name="Batch">How many pictures share a run, and what that was decided on.</param>
/// <param name="Waiting">Questions that wait.</param>
/// <param name="LastChange">What was found on disk last; <see cref="ServedChangeKind.Refused"/> and <see cref="ServedChangeKind.Missing"/>
/// stand until that is over.</param>
public sealed record ServingStatus(
    string Package,
    string Folder,
    string Stamp,
    EncodingChoice Choice,
    BatchPlan Batch,
    int Waiting,
    ServedChange LastChange
);
