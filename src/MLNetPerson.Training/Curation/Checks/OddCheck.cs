namespace MLNetPerson.Training.Curation.Checks;

/// <summary>Pictures that are unlike pictures: blurred, black, white, tiny, ribbons, one grey.</summary>
internal static class OddCheck
{
    public static CheckResult Run(IReadOnlyList<CuratedPicture> pictures, CurationOptions options)
    {
        var findings = pictures
            .SelectMany(picture => Found(picture, options))
            .OrderBy(finding => finding.Kind)
            .ThenByDescending(finding => finding.Score)
            .ThenBy(finding => finding.File, StringComparer.Ordinal);
        return new CheckResult("odd pictures", "blur, mean grey, contrast and shape of every picture", [.. findings]);
    }

    private static IEnumerable<Finding> Found(CuratedPicture picture, CurationOptions options)
    {
        var m = picture.Measures;
        if (m.Contrast < options.Uniform)
        {
            yield return Odd(
                FindingKind.Uniform,
                1 - (m.Contrast / Math.Max(options.Uniform, 1e-9)),
                $"grey varies by {m.Contrast:0.0} of 127.5"
            );
            yield break; // whatever else it is follows from that
        }

        if (m.Blur > options.Blur)
        {
            yield return Odd(FindingKind.Blurry, (m.Blur - options.Blur) / Math.Max(1 - options.Blur, 1e-9), $"blur is {m.Blur:0.00} of 1");
        }

        if (m.MeanGrey < options.Dark)
        {
            yield return Odd(FindingKind.Dark, 1 - (m.MeanGrey / Math.Max(options.Dark, 1e-9)), $"mean grey is {m.MeanGrey:0} of 255");
        }

        if (m.MeanGrey > options.Light)
        {
            yield return Odd(
                FindingKind.Light,
                (m.MeanGrey - options.Light) / Math.Max(255 - options.Light, 1e-9),
                $"mean grey is {m.MeanGrey:0} of 255"
            );
        }

        if (Math.Min(m.Width, m.Height) < options.Tiny)
        {
            yield return Odd(
                FindingKind.Tiny,
                1 - (Math.Min(m.Width, m.Height) / (double)Math.Max(options.Tiny, 1)),
                $"{m.Width} x {m.Height} pixels"
            );
        }

        if (m.Aspect > options.Aspect)
        {
            yield return Odd(
                FindingKind.OddAspect,
                1 - (options.Aspect / m.Aspect),
                $"{m.Width} x {m.Height} pixels, one side {m.Aspect:0.0} times the other"
            );
        }

        Finding Odd(FindingKind kind, double score, params FormattableString[] why) =>
            picture.Found(kind, CurationAction.Remove, Math.Clamp(score, 0, 1), string.Concat(why.Select(FormattableString.Invariant)));
    }
}
