namespace MLNetPerson.Training.Pages.Plots;

/// <summary>A picture in a <see cref="PictureStrip"/>.</summary>
/// <param name="Path">The file.</param>
/// <param name="Caption">Below it.</param>
/// <param name="Border">A CSS colour around it, to mark it; none where null.</param>
public sealed record ShownPicture(string Path, string Caption, string? Border = null);
