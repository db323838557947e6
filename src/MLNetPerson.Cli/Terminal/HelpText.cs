using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MLNetPerson.Cli.Terminal;

/// <summary>
/// The library's help with two changes: the program is called what users type, not what its assembly is called; and a list of verbs has
/// what they do, without the examples that each verb's own help ends its description with.
/// </summary>
internal sealed class HelpText(SynchronousCommandLineAction inner) : SynchronousCommandLineAction
{
    public const string Program = "mlnetperson";
    private const string ExampleMark = "\nExample: ";

    public static RootCommand On(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpText((SynchronousCommandLineAction)help.Action!);
        return root;
    }

    /// <summary>The lines of a verb's description that can be pasted and run.</summary>
    public static IEnumerable<string> Examples(Command verb) =>
        (verb.Description ?? "").Split(ExampleMark).Skip(1).Select(example => example.Trim());

    public override int Invoke(ParseResult parseResult)
    {
        foreach (var verb in parseResult.CommandResult.Command.Subcommands)
        {
            verb.Description = verb.Description?.Split("\n" + ExampleMark)[0];
        }

        var (output, text) = (parseResult.InvocationConfiguration.Output, new StringWriter());
        parseResult.InvocationConfiguration.Output = text;
        var code = inner.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        output.Write(
            text.ToString().Replace($"  {parseResult.RootCommandResult.Command.Name} ", $"  {Program} ", StringComparison.Ordinal)
        );
        return code;
    }
}
