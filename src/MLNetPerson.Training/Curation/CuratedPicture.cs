using MLNetPerson.Training.Curation.Pictures;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Curation;

/// <summary>A picture that could be read, as the checks see it.</summary>
/// <param name="Sample">With label, split and attributes.</param>
/// <param name="Measures">Of its pixels.</param>
public sealed record CuratedPicture(Sample Sample, PictureMeasures Measures)
{
    /// <summary>1 or 0, as in a CSV.</summary>
    internal string Label => Sample.IsPerson ? "1" : "0";

    /// <summary>Starts a finding about this picture.</summary>
    internal Finding Found(FindingKind kind, CurationAction action, double score, string why) =>
        new()
        {
            Kind = kind,
            Action = action,
            Score = score,
            Why = why,
            File = Sample.File,
            Sha256 = Measures.Sha256,
        };
}
