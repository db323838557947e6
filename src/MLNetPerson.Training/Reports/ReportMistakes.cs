using System.Collections.Immutable;

namespace MLNetPerson.Training.Reports;

/// <summary>Wrong answers.</summary>
/// <param name="Missed">Persons that were not found, the surest error first.</param>
/// <param name="MissedInAll">How many there are.</param>
/// <param name="FalseAlarms">Answers "person" where there is none, the surest error first.</param>
/// <param name="FalseAlarmsInAll">How many there are.</param>
/// <param name="About">What the heat maps show, for a reader.</param>
public sealed record ReportMistakes(
    ImmutableArray<ReportPicture> Missed,
    int MissedInAll,
    ImmutableArray<ReportPicture> FalseAlarms,
    int FalseAlarmsInAll,
    string About
);
