using System.Collections.Immutable;
using System.Globalization;

namespace MLNetPerson.Training.Curation;

/// <summary>What all checks found in a dataset.</summary>
/// <param name="Dataset">Its name.</param>
/// <param name="Samples">Pictures that it lists.</param>
/// <param name="Checks">In the order in which they ran.</param>
public sealed record CurationReport(string Dataset, int Samples, ImmutableArray<CheckResult> Checks)
{
    /// <summary>All findings, by check, the strongest first.</summary>
    public IEnumerable<Finding> Findings => Checks.SelectMany(check => check.Findings);

    /// <summary>For example "4952 pictures, 12 findings: 3 NearDuplicate, 9 LabelNoise".</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Samples} pictures, {Findings.Count()} findings: "
                + $"{string.Join(", ", Findings.GroupBy(finding => finding.Kind).Select(kind => $"{kind.Count()} {kind.Key}"))}"
        );
}
