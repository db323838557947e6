using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Retraining;

/// <summary>A picture is its bytes, whatever its files are called: one that is labelled person and none teaches nothing.</summary>
internal static class OneLabelPerPicture
{
    /// <exception cref="DatasetException">Files of the same bytes have both labels; the message names them.</exception>
    public static void Check(FeatureSet training, FeatureSet? heldOut)
    {
        var faults = training
            .Samples.Zip(training.PictureHashes)
            .Concat(heldOut is null ? [] : heldOut.Samples.Zip(heldOut.PictureHashes))
            .GroupBy(pair => pair.Second, pair => pair.First, StringComparer.Ordinal)
            .Select(same => (Person: same.FirstOrDefault(one => one.IsPerson), None: same.FirstOrDefault(one => !one.IsPerson)))
            .Where(same => same.Person is not null && same.None is not null)
            .Select(same => $"'{same.Person!.File}' is labelled person, '{same.None!.File}' none")
            .ToList();
        if (faults.Count > 0)
        {
            throw new DatasetException(
                FaultList.Text(
                    faults.Count == 1
                        ? "The dataset has one picture with both labels"
                        : $"The dataset has {faults.Count} pictures with both labels",
                    faults,
                    "Correct or remove them; 'curate check' finds them, 'curate apply' makes a dataset without them."
                )
            );
        }
    }
}
