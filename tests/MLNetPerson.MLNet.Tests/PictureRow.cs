namespace MLNetPerson.MLNet.Tests;

/// <summary>A row as a user's own class would have it.</summary>
public sealed class PictureRow
{
    public string ImagePath { get; set; } = "";

    public bool Label { get; set; }
}
