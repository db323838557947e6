using System.CommandLine;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Cli.Verbs;
using MLNetPerson.Cli.Verbs.Curate;
using MLNetPerson.Cli.Verbs.Detect;
using MLNetPerson.Cli.Verbs.Doctor;

namespace MLNetPerson.Cli;

/// <summary><c>mlnetperson &lt;verb&gt;</c>.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        AppDomain.CurrentDomain.UnhandledException += (_, unhandled) => Guard.End(unhandled.ExceptionObject);
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        var parsed = Root().Parse(args);
        if (ParseErrors.Plain(parsed) is { } plain)
        {
            await Console.Error.WriteLineAsync(plain);
            return ExitCodes.BadInput;
        }

        if (LimitOptions.Apply(parsed) is { } fault)
        {
            await Console.Error.WriteLineAsync($"error: {fault}.");
            return ExitCodes.BadInput;
        }

        // A tuning takes Ctrl+C as "keep the best so far", and needs time to write it.
        return TuneChoice.HandlesSignals(parsed)
            ? await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null })
            : await parsed.InvokeAsync();
    }

    /// <summary>All verbs.</summary>
    internal static RootCommand Root() =>
        HelpText.On(
            LimitOptions.On(
                new RootCommand("Is there a person in this picture? Retrain the answer on your own pictures, prove it, and use it.")
                {
                    DemoVerb.Create(),
                    RetrainVerb.Create(),
                    FeaturesVerb.Create(),
                    QuantizeVerb.Create(),
                    EvaluateVerb.Create(),
                    PredictVerb.Create(),
                    DetectVerb.Create(),
                    InspectVerb.Create(),
                    WatchVerb.Create(),
                    BenchVerb.Create(),
                    ExportVerb.Create(),
                    CurateVerb.Create(),
                    DoctorVerb.Create(),
                    CompletionVerb.Create(),
                }
            )
        );
}
