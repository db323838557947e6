using System.CommandLine;
using MLNetPerson.Cli.Terminal;

namespace MLNetPerson.Cli.Verbs.Doctor;

/// <summary><c>mlnetperson doctor</c>.</summary>
internal static class DoctorVerb
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var verb = new Command(
            "doctor",
            "Check this machine: what is here, what is missing, and how to get it. Ends with 1 where something is missing that retraining "
                + "needs.\n\nExample: mlnetperson doctor\nExample: mlnetperson doctor --json"
        )
        {
            json,
        };
        verb.SetAction(
            (args, _) =>
                Guard.RunAsync(() =>
                {
                    var results = Checkup.Run(MachineChecks.All);
                    if (args.GetValue(json))
                    {
                        DoctorOutput.WriteJson(results);
                    }
                    else
                    {
                        DoctorOutput.WriteText(results);
                    }

                    return Task.FromResult(Checkup.IsHealthy(results) ? ExitCodes.Done : ExitCodes.BadInput);
                })
        );
        return verb;
    }
}
