using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Curation.Checks;

/// <summary>Pictures that cannot be decoded, and pictures that are not of the size that their line says.</summary>
internal static class UnreadableCheck
{
    public static CheckResult Run(IEnumerable<(Sample Sample, ImageException Error)> unreadable, IReadOnlyList<CuratedPicture> pictures) =>
        new(
            "unreadable",
            "every picture is decoded, and its size compared with the columns width and height",
            [
                .. unreadable.Select(bad => new Finding
                {
                    Kind = FindingKind.Unreadable,
                    Action = CurationAction.Remove,
                    Score = 1,
                    Why = bad.Error.Reason,
                    File = bad.Sample.File,
                }),
                .. pictures
                    .Where(HasOtherSize)
                    .Select(picture =>
                        picture.Found(
                            FindingKind.WrongSize,
                            CurationAction.Review,
                            1,
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"the line says {picture.Sample.Attributes[CanonicalCsv.Width]} x "
                                    + $"{picture.Sample.Attributes[CanonicalCsv.Height]}, the picture is {picture.Measures.Width} x "
                                    + $"{picture.Measures.Height} upright; its boxes do not fit it"
                            )
                        )
                    ),
            ]
        );

    private static bool HasOtherSize(CuratedPicture picture) =>
        Differs(picture.Sample.Attributes.GetValueOrDefault(CanonicalCsv.Width), picture.Measures.Width)
        || Differs(picture.Sample.Attributes.GetValueOrDefault(CanonicalCsv.Height), picture.Measures.Height);

    private static bool Differs(string? cell, int pixels) =>
        int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var said) && said != pixels;
}
