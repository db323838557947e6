namespace MLNetPerson.Training.Curation.Reviews;

/// <summary>One change that was made.</summary>
/// <param name="Line">Of the review file.</param>
/// <param name="File">The picture.</param>
/// <param name="Action">What was done.</param>
/// <param name="From">As it was.</param>
/// <param name="To">As it is.</param>
/// <param name="Kind">The finding behind it.</param>
/// <param name="Why">The finding's words.</param>
public sealed record AppliedChange(int Line, string File, CurationAction Action, string From, string To, FindingKind Kind, string Why);
