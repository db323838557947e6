namespace MLNetPerson.Serving;

/// <summary>What a look at the disk found, and what came of it.</summary>
/// <param name="Kind">Whether something else answers now.</param>
/// <param name="Reason">Why not, where something new is there, or nothing; otherwise empty.</param>
public sealed record ServedChange(ServedChangeKind Kind, string Reason = "")
{
    /// <summary>Nothing has happened.</summary>
    public static ServedChange None { get; } = new(ServedChangeKind.None);
}
