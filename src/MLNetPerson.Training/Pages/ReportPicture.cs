using System.Collections.Immutable;

namespace MLNetPerson.Training.Pages;

/// <summary>A picture in a report, made small.</summary>
/// <param name="File">As the dataset calls it.</param>
/// <param name="Probability">What was said of it.</param>
/// <param name="Photo">JPEG; empty where the picture cannot be read any more.</param>
/// <param name="Heat">JPEG with the heat map, of the same size; empty where the package has no activation maps.</param>
public sealed record ReportPicture(string File, double Probability, ImmutableArray<byte> Photo, ImmutableArray<byte> Heat);
