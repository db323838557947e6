using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Retraining;

/// <summary>A picture is its bytes, whatever its files are called: one that is labelled person and none teaches nothing.</summary>
internal static class OneLabelPerPicture
{
    /// <exception cref="DatasetException">Files of the same bytes have both labels; the message names them.</exception>
    public static void Check(FeatureSet training, FeatureSet? heldOut)
    {
        if (!HasConflict(training, heldOut))
        {
            return;
        }

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

    /// <summary>The usual answer, with an entry a picture and nothing else.</summary>
    private static bool HasConflict(FeatureSet training, FeatureSet? heldOut)
    {
        var labels = new Dictionary<string, bool>(training.Samples.Length, StringComparer.Ordinal);
        foreach (var set in (FeatureSet?[])[training, heldOut])
        {
            for (var i = 0; set is not null && i < set.Samples.Length; i++)
            {
                if (
                    !labels.TryAdd(set.PictureHashes[i], set.Samples[i].IsPerson)
                    && labels[set.PictureHashes[i]] != set.Samples[i].IsPerson
                )
                {
                    return true;
                }
            }
        }

        return false;
    }
}
