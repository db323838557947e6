using System.CommandLine;
using MLNetPerson.Cli.Terminal;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson completion SHELL</c>: what makes a shell complete verbs, options and their values.</summary>
internal static class CompletionVerb
{
    private const string ResourcePrefix = "completion/mlnetperson.";

    /// <summary>The shells that there is a script for.</summary>
    public static IReadOnlyList<string> Shells { get; } =
    [
        .. typeof(CompletionVerb)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Select(name => name[ResourcePrefix.Length..])
            .Order(StringComparer.Ordinal),
    ];

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = string.Join(", ", Shells) };
        shell.AcceptOnlyFromAmong([.. Shells]);
        var verb = new Command(
            "completion",
            "Print a script that makes a shell complete verbs, options and their values; its first line says where it goes.\n\nExample: "
                + "source <(mlnetperson completion bash)\nExample: mlnetperson completion fish > mlnetperson.fish"
        )
        {
            shell,
        };
        verb.SetAction(
            (args, _) =>
                Guard.RunAsync(async () =>
                {
                    using var script = new StreamReader(
                        typeof(CompletionVerb).Assembly.GetManifestResourceStream(ResourcePrefix + args.GetRequiredValue(shell))!
                    );
                    await Console.Out.WriteAsync(await script.ReadToEndAsync());
                    return ExitCodes.Done;
                })
        );
        return verb;
    }
}
