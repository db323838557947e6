using System.Diagnostics.CodeAnalysis;

namespace MLNetPerson.Cli.Verbs.Doctor;

/// <summary>Runs checks one after the other. One that fails, or does not end, is a result like any other.</summary>
internal static class Checkup
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static IReadOnlyList<CheckResult> Run(IEnumerable<MachineCheck> checks, TimeSpan? patience = null) =>
        [.. checks.Select(check => Run(check, patience ?? Patience))];

    /// <summary>Nothing is missing that the main job needs.</summary>
    public static bool IsHealthy(IEnumerable<CheckResult> results) => results.All(result => result.Health != Health.Missing);

    [SuppressMessage("Design", "CA1031", Justification = "Whatever is wrong with a machine is what the doctor is for.")]
    private static CheckResult Run(MachineCheck check, TimeSpan patience)
    {
        try
        {
            // On a thread of its own: a look that hangs, say at a dead network drive, must not keep the others from their turn.
            var look = Task.Factory.StartNew(check.Look, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return look.Wait(patience)
                ? Result(check, look.Result)
                : new CheckResult(check.Name, check.IfItFails, $"no answer within {patience.TotalSeconds:0} s", check.Advice);
        }
        catch (Exception exception)
        {
            return new CheckResult(check.Name, check.IfItFails, Innermost(exception).Message.ReplaceLineEndings(" "), check.Advice);
        }
    }

    private static CheckResult Result(MachineCheck check, Finding finding) =>
        new(check.Name, finding.Health, finding.Found, finding.Health == Health.Good ? null : finding.Advice ?? check.Advice);

    /// <summary>A library that does not load is wrapped in what was under way at the time.</summary>
    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
