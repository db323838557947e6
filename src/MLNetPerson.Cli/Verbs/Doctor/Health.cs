namespace MLNetPerson.Cli.Verbs.Doctor;

/// <summary>What a check found.</summary>
internal enum Health
{
    /// <summary>All there.</summary>
    Good,

    /// <summary>Something is missing that not everybody needs.</summary>
    Note,

    /// <summary>Something is missing without which the main job cannot be done here.</summary>
    Missing,
}
