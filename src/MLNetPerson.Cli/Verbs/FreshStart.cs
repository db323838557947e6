namespace MLNetPerson.Cli.Verbs;

/// <summary>What a process that does nothing else needs.</summary>
/// <param name="ColdStartMilliseconds">From loading the package to the first answer.</param>
/// <param name="PeakMegabytes">Largest resident memory after some answers.</param>
internal sealed record FreshStart(double ColdStartMilliseconds, double PeakMegabytes);
