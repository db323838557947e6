namespace MLNetPerson.Notebooks;

/// <summary>Text that is shown as HTML.</summary>
public sealed record Html(string Text);
