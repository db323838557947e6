namespace MLNetPerson.Cli.Verbs.Doctor;

/// <summary>One thing to look at.</summary>
/// <param name="Name">What it is.</param>
/// <param name="IfItFails">What it means when <paramref name="Look"/> throws.</param>
/// <param name="Advice">What to do then.</param>
/// <param name="Look">Looks. It may throw whatever it likes.</param>
internal sealed record MachineCheck(string Name, Health IfItFails, string Advice, Func<Finding> Look);
