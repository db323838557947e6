namespace MLNetPerson.Serving;

/// <summary>What a look at the disk found.</summary>
public enum ServedChangeKind
{
    /// <summary>What is on disk answers already.</summary>
    None,

    /// <summary>Something new was there, was loaded, and answers from now on.</summary>
    TakenUp,

    /// <summary>Something new is there but cannot be loaded; what was there before goes on answering.</summary>
    Refused,

    /// <summary>Nothing is there any more; what was there before goes on answering.</summary>
    Missing,
}
