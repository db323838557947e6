namespace MLNetPerson.Training.Curation;

/// <summary>What a finding suggests, and <c>curate apply</c> does once it is accepted.</summary>
public enum CurationAction
{
    /// <summary>Leave the picture out of the new CSV. The file itself stays.</summary>
    Remove,

    /// <summary>Change the label.</summary>
    Relabel,

    /// <summary>Put the picture into a group, which stays on one side of every split.</summary>
    Group,

    /// <summary>Nothing that a program could do: look at it.</summary>
    Review,
}
