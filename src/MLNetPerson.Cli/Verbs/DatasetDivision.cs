using System.Globalization;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Cli.Verbs;

/// <summary>What <c>--split</c> and <c>--hold-out</c> make of a dataset.</summary>
internal static class DatasetDivision
{
    public static (Dataset Training, Dataset? HeldOut) Of(Dataset all, string? split, string? holdOut, int seed)
    {
        var training = split is null ? all : all.Only(split);
        if (holdOut is null)
        {
            return (training, null);
        }

        if (!double.TryParse(holdOut, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction))
        {
            return holdOut == split
                ? throw new DatasetException($"Split '{split}' cannot be trained on and held out.")
                : (
                    split is null ? all with { Samples = [.. all.Samples.Where(sample => sample.Split != holdOut)] } : training,
                    all.Only(holdOut)
                );
        }

        if (fraction is not (> 0 and < 1))
        {
            throw new DatasetException($"--hold-out {holdOut}: a fraction lies between 0 and 1.");
        }

        var (kept, held) = HashSplit.Divide(training.Samples, fraction, seed);
        return held.Count == 0 || kept.Count == 0
            ? throw new DatasetException(
                $"--hold-out {holdOut} leaves nothing on one side of {training.Samples.Length} pictures. Use another fraction, or leave it "
                    + $"out."
            )
            : (training with { Samples = [.. kept] }, training with { Samples = [.. held] });
    }
}
