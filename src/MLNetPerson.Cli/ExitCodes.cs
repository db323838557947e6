namespace MLNetPerson.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>Bad input or usage.</summary>
    public const int BadInput = 1;

    /// <summary>A gate refused what was made.</summary>
    public const int Refused = 2;

    /// <summary>Ctrl+C: 128 + the signal's number, as shells have it.</summary>
    public const int Interrupted = 130;
}
