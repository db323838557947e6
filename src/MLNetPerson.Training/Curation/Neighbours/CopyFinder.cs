using MLNetPerson.Training.Curation.Pictures;
using MLNetPerson.Training.Features;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Curation.Neighbours;

/// <summary>
/// Finds copies: perceptual hashes and the backbone's features name candidates, and each candidate is laid over the other picture, mirrored
/// too, before it is believed.
/// </summary>
public static class CopyFinder
{
    /// <summary>Bits by which two hashes of candidates may differ.</summary>
    private const int HashBits = 10;

    /// <summary>Nearest pictures by features that are candidates, if they are this near. A copy is nearly always the first.</summary>
    private const int Neighbours = 3;
    private const float LeastCosine = 0.6f;

    /// <summary>In pictures of less contrast (a plane in the sky) details are few: they must agree almost wholly.</summary>
    private const double LeastContrast = 10;
    private const double AgreementWithoutContrast = 0.9;

    /// <summary>One part of the search for neighbours, into the shared folder of the options.</summary>
    /// <returns>Pairs found.</returns>
    internal static int FindPart(FeatureTable features, CurationOptions options, Shard shard, CancellationToken cancellation) =>
        SharedNeighbours.Write(options.SharedFolder!, Descriptors.Of(features, options.Seed), Neighbours, LeastCosine, shard, cancellation);

    /// <summary>All pairs of copies and of one scene, in order.</summary>
    /// <param name="measures">Of each picture.</param>
    /// <param name="features">In the same order, or null to go by hashes alone.</param>
    /// <param name="options">When two pictures are one.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static List<CopyPair> Find(
        IReadOnlyList<PictureMeasures> measures,
        FeatureTable? features,
        CurationOptions options,
        CancellationToken cancellation = default
    )
    {
        var index = new HashIndex([.. measures.Select(measure => measure.Hash)]);
        var candidates = index
            .Pairs(HashBits, hash => hash, cancellation)
            .Concat(index.Pairs(HashBits, PerceptualHash.Mirror, cancellation))
            .Distinct()
            .ToDictionary(pair => pair, _ => 0f);
        if (features is { Rows: > 1 })
        {
            var descriptors = Descriptors.Of(features, options.Seed);
            foreach (
                var (first, second, cosine) in options.SharedFolder is { } shared
                    ? SharedNeighbours.Merge(shared, descriptors, Neighbours, LeastCosine, cancellation)
                    : NeighbourSearch.Nearest(descriptors, Neighbours, LeastCosine, cancellation)
            )
            {
                candidates[(first, second)] = cosine;
            }
        }

        var plain = new Lazy<PictureAlignment>[measures.Count];
        var mirrored = new Lazy<PictureAlignment>[measures.Count];
        for (var i = 0; i < measures.Count; i++)
        {
            var (picture, thumbnail) = (i, measures[i].Thumbnail);
            plain[i] = new Lazy<PictureAlignment>(() => new PictureAlignment(thumbnail));
            mirrored[i] = new Lazy<PictureAlignment>(() => plain[picture].Value.Mirror());
        }

        return
        [
            .. candidates
                .AsParallel()
                .WithCancellation(cancellation)
                .Select(Judge)
                .OfType<CopyPair>()
                .OrderBy(pair => pair.First)
                .ThenBy(pair => pair.Second),
        ];

        CopyPair? Judge(KeyValuePair<(int First, int Second), float> candidate)
        {
            var (first, second) = candidate.Key;
            var (a, b) = (measures[first], measures[second]);
            if (a.Sha256 == b.Sha256)
            {
                return new CopyPair(first, second, FindingKind.ExactDuplicate, 1);
            }

            var agreement = Math.Max(
                PictureAlignment.Agreement(plain[first].Value, plain[second].Value),
                PictureAlignment.Agreement(mirrored[first].Value, plain[second].Value)
            );
            if (Math.Min(a.Contrast, b.Contrast) < LeastContrast && agreement < AgreementWithoutContrast)
            {
                return null;
            }

            return agreement >= options.CopyAgreement ? new CopyPair(first, second, FindingKind.NearDuplicate, agreement)
                : agreement >= options.SceneAgreement && candidate.Value >= options.SceneCosine
                    ? new CopyPair(first, second, FindingKind.SameScene, agreement)
                : null;
        }
    }
}
