using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Import;

namespace MLNetPerson.Training.Curation.Reviews;

/// <summary>Makes a new dataset of an old one and what was accepted. No picture and no old CSV is touched, so it can be done again from the
/// originals.</summary>
public static class ReviewApplier
{
    /// <summary>Applies accepted findings.</summary>
    /// <param name="dataset">What was checked.</param>
    /// <param name="review">The review file, for messages.</param>
    /// <param name="accepted">See <see cref="ReviewFile.ReadAccepted"/>.</param>
    /// <returns>The new samples and the changes, in the order of the review.</returns>
    /// <exception cref="DatasetException">The dataset is not the one that was checked, or two lines contradict each other; all faults are
    /// in the message.</exception>
    public static (Dataset Dataset, ImmutableArray<AppliedChange> Changes) Apply(
        Dataset dataset,
        string review,
        IReadOnlyList<(int Line, Finding Finding)> accepted
    )
    {
        var faults = new ImportFaults(review);
        var samples = dataset.Samples.ToDictionary(sample => sample.File, StringComparer.Ordinal);
        HashSet<string> removed = new(StringComparer.Ordinal);
        Dictionary<(string, CurationAction), (int Line, string To)> done = [];
        var changes = ImmutableArray.CreateBuilder<AppliedChange>();
        foreach (var (line, finding) in accepted)
        {
            if (Fault(finding, samples) is { } fault)
            {
                faults.Add($"line {line}", fault);
                continue;
            }

            if (!done.TryAdd((finding.File, finding.Action), (line, finding.To)))
            {
                var (before, to) = done[(finding.File, finding.Action)];
                if (to != finding.To)
                {
                    faults.Add($"line {line}", $"'{finding.File}' becomes '{finding.To}' here and '{to}' in line {before}");
                }

                continue;
            }

            changes.Add(new AppliedChange(line, finding.File, finding.Action, finding.From, finding.To, finding.Kind, finding.Why));
        }

        faults.Throw();
        foreach (var change in changes)
        {
            _ = change.Action switch
            {
                CurationAction.Remove => removed.Add(change.File),
                CurationAction.Relabel => Set(samples, change.File, sample => sample with { IsPerson = change.To == "1" }),
                _ => Set(samples, change.File, sample => sample with { Group = change.To }),
            };
        }

        ImmutableArray<Sample> kept =
        [
            .. dataset.Samples.Where(sample => !removed.Contains(sample.File)).Select(sample => samples[sample.File]),
        ];
        return kept.Length > 0
            ? (dataset with { Samples = kept }, changes.ToImmutable())
            : throw new DatasetException(
                $"'{review}' removes all {dataset.Samples.Length} pictures of '{dataset.Name}'. Nothing was written."
            );
    }

    /// <summary>The change log: what was made of what, with the hashes of all three files.</summary>
    /// <param name="changes">That were made.</param>
    /// <param name="files">Names and hashes of the files that went in and came out.</param>
    public static string Log(IEnumerable<AppliedChange> changes, IEnumerable<(string Name, string Sha256)> files)
    {
        var text = new StringBuilder("review_line,action,file,from,to,finding,why\n");
        foreach (var change in changes)
        {
            text.Append(CultureInfo.InvariantCulture, $"{change.Line},{change.Action},")
                .AppendJoin(',', new[] { change.File, change.From, change.To, change.Kind.ToString(), change.Why }.Select(CsvCell.Quote))
                .Append('\n');
        }

        foreach (var (name, sha256) in files)
        {
            text.Append(CultureInfo.InvariantCulture, $",Hash,{CsvCell.Quote(name)},,{sha256},,\n");
        }

        return text.ToString();
    }

    private static bool Set(Dictionary<string, Sample> samples, string file, Func<Sample, Sample> change)
    {
        samples[file] = change(samples[file]);
        return true;
    }

    private static string? Fault(Finding finding, Dictionary<string, Sample> samples)
    {
        if (finding.Action == CurationAction.Review)
        {
            return $"{finding.Kind} can only be looked at: no program could do what it asks. Clear 'accept', or write Remove, Relabel or "
                + $"Group into 'action'";
        }

        if (!samples.TryGetValue(finding.File, out var sample))
        {
            return $"'{finding.File}' is not in the dataset";
        }

        if (finding.Sha256.Length > 0 && (!FilePart.Exists(sample.Path) || Sha256Text.OfFile(sample.Path) != finding.Sha256))
        {
            return $"'{finding.File}' is not the picture that was checked any more. Check again";
        }

        var label = sample.IsPerson ? "1" : "0";
        return finding.Action switch
        {
            CurationAction.Relabel when finding.To is not ("0" or "1") =>
                $"the new label of '{finding.File}' is '{finding.To}', 1 or 0 is expected",
            CurationAction.Relabel when finding.From.Length > 0 && finding.From != label =>
                $"'{finding.File}' is labelled {label}, the review says {finding.From}: the dataset changed. Check again",
            CurationAction.Group when finding.To.Length == 0 => $"'{finding.File}' is to join a group without a name",
            CurationAction.Group when finding.From != (sample.Group ?? "") =>
                $"'{finding.File}' is in group '{sample.Group}', the review says '{finding.From}': the dataset changed. Check again",
            _ => null,
        };
    }
}
