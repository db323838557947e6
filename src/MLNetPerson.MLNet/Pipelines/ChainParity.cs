using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>The gate in front of an export: the head that was read out must give the chain's own probabilities, on the pictures
/// themselves.</summary>
internal static class ChainParity
{
    /// <exception cref="ExportException">A probability differs by more than rounding; the message names the picture.</exception>
    public static void Check(MLContext ml, ITransformer model, LinearHead head, FeatureSet features, PersonPackageOptions options)
    {
        var count = Math.Min(features.Samples.Length, ParityCheck.LeastPictures);
        int[] chosen = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * features.Samples.Length / count))];
        var definition = SchemaDefinition.Create(typeof(PathAndLabel));
        definition[nameof(PathAndLabel.Path)].ColumnName = options.ImageColumn;
        definition[nameof(PathAndLabel.Label)].ColumnName = options.LabelColumn;
        var rows = ml.Data.LoadFromEnumerable(
            chosen.Select(index => new PathAndLabel { Path = features.Samples[index].Path, Label = features.Samples[index].IsPerson }),
            definition
        );
        var said = ml.Data.CreateEnumerable<PersonScore>(model.Transform(rows), reuseRowObject: false, ignoreMissingColumns: true).ToList();
        foreach (var (index, score) in chosen.Zip(said))
        {
            var own = LogitCalibration.None.Apply(head.Logit(features.Table.Row(index)));
            if (!(Math.Abs(own - score.Probability) <= ParityCheck.Tolerance))
            {
                throw new ExportException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The package would not say what the chain says: on '{features.Samples[index].File}' the chain gives "
                            + $"{score.Probability:0.000000}, its head on the package's features "
                            + $"{own:0.000000}; {ParityCheck.Tolerance} is the limit. A classic chain sees other pixels than a package "
                            + $"does, another recipe has other features: fit the careful chain with "
                            + $"the recipe given here, and export that. Nothing was written."
                    )
                );
            }
        }
    }

    private sealed class PathAndLabel
    {
        public string Path { get; set; } = "";

        public bool Label { get; set; }
    }
}
