using System.Collections.Immutable;
using System.Globalization;

namespace MLNetPerson.Training.Evaluation;

/// <summary>What is measured of a detector.</summary>
public sealed record DetectionOptions
{
    /// <summary>False boxes per picture at which recall is told. Range (0, ∞).</summary>
    public double FalsePerPicture { get; init; } = 0.1;

    /// <summary>Boxes of a picture that count at most, the most probable ones; COCO's 100. Range [1, ∞).</summary>
    public int MostBoxes { get; init; } = 100;

    /// <summary>Draws of pictures for the intervals. Range [0, ∞); 0 gives intervals of no width.</summary>
    public int Draws { get; init; } = 300;

    /// <summary>Seeds the draws.</summary>
    public int Seed { get; init; } = 17;

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (FalsePerPicture is not (> 0 and < double.PositiveInfinity))
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{FalsePerPicture} false boxes per picture are not above 0"));
        }

        if (MostBoxes < 1)
        {
            faults.Add($"{MostBoxes} boxes a picture are below 1");
        }

        if (Draws < 0)
        {
            faults.Add($"{Draws} draws are below 0");
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}

/// <summary>How a detector did. Values are NaN where nothing could be measured: no person of that size, say.</summary>
public sealed record DetectionReport
{
    /// <summary>Pictures judged.</summary>
    public required int Pictures { get; init; }

    /// <summary>Annotated persons that are to be found.</summary>
    public required int Persons { get; init; }

    /// <summary>Annotated boxes that are ignored: difficult ones and crowds.</summary>
    public required int Ignored { get; init; }

    /// <summary>Found boxes.</summary>
    public required int Found { get; init; }

    /// <summary>Average precision at an overlap of 0.5, 0 to 1.</summary>
    public required Estimate Ap50 { get; init; }

    /// <summary>Average precision at an overlap of 0.75, 0 to 1.</summary>
    public required Estimate Ap75 { get; init; }

    /// <summary>COCO's average precision: the mean over the overlaps 0.5, 0.55 … 0.95.</summary>
    public required Estimate Ap { get; init; }

    /// <summary>The same for persons below 32 × 32 pixels.</summary>
    public required Estimate ApSmall { get; init; }

    /// <summary>The same for persons from 32 × 32 to 96 × 96 pixels.</summary>
    public required Estimate ApMedium { get; init; }

    /// <summary>The same for persons above 96 × 96 pixels.</summary>
    public required Estimate ApLarge { get; init; }

    /// <summary>Share of persons found at an overlap of 0.5 with <see cref="FalsePerPicture"/> false boxes per picture.</summary>
    public required Estimate Recall { get; init; }

    /// <summary>False boxes per picture that <see cref="Recall"/> is told at.</summary>
    public required double FalsePerPicture { get; init; }

    /// <summary>Probability from which on boxes count at that rate of false ones, 0 to 1.</summary>
    public required double RecallThreshold { get; init; }

    /// <summary>Geometric mean of the share of persons missed at 9 rates of false boxes per picture from 0.01 to 1; lower is
    /// better.</summary>
    /// <remarks>P. Dollár et al., Pedestrian detection: an evaluation of the state of the art, PAMI 2012; what CityPersons and WiderPerson
    /// report.</remarks>
    public required Estimate LogAverageMissRate { get; init; }

    /// <summary>At an overlap of 0.5: precision at COCO's 101 recalls from 0 to 1, interpolated.</summary>
    public required ImmutableArray<double> Precision { get; init; }

    /// <summary>All metrics by name, as manifests hold them.</summary>
    public IReadOnlyDictionary<string, Estimate> Values =>
        new Dictionary<string, Estimate>
        {
            ["ap50"] = Ap50,
            ["ap75"] = Ap75,
            ["ap"] = Ap,
            ["apSmall"] = ApSmall,
            ["apMedium"] = ApMedium,
            ["apLarge"] = ApLarge,
            ["recall"] = Recall,
            ["logAverageMissRate"] = LogAverageMissRate,
        };

    /// <summary>For example "AP50 0.712 (0.690–0.734), AP 0.401, 2,103 persons in 961 pictures".</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"AP50 {Ap50.Value:0.000} ({Ap50.Interval.Low:0.000}–{Ap50.Interval.High:0.000}), AP {Ap.Value:0.000}, {Persons:N0} persons in "
                + $"{Pictures:N0} pictures"
        );
}
