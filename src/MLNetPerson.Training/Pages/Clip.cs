namespace MLNetPerson.Training.Pages;

/// <summary>Cuts what nobody reads to the end.</summary>
internal static class Clip
{
    /// <summary>The beginning.</summary>
    public static string Text(string text, int most = 300) => text.Length <= most ? text : text[..(most - 1)] + "…";

    /// <summary>A file's name from its end, where names differ.</summary>
    public static string File(string file, int most = 120) => file.Length <= most ? file : "…" + file[^(most - 1)..];
}
