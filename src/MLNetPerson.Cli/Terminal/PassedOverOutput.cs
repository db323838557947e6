using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Cli.Terminal;

/// <summary>What readers of folders passed over: a line for each reason, on stderr.</summary>
internal static class PassedOverOutput
{
    public static void Write(string folder, IReadOnlyCollection<PassedOver> entries)
    {
        foreach (var line in PassedOver.Summarize(entries))
        {
            Console.Error.WriteLine($"{folder}: {line}");
        }
    }
}
