namespace MLNetPerson.Cli.Terminal;

/// <summary>Writes results to stdout. Numbers are written the same in every culture.</summary>
internal static class ResultLines
{
    /// <summary>Writes one line, given in parts.</summary>
    public static void Line(params FormattableString[] parts) =>
        Console.Out.WriteLine(string.Concat(parts.Select(FormattableString.Invariant)));
}
