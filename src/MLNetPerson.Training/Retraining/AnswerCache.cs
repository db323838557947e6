using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Retraining;

/// <summary>A package's answers in a folder that many processes share, by the picture's hash; one sub-folder for each model and
/// preprocessing.</summary>
internal static class AnswerCache
{
    private const string Ending = ".answers";

    /// <summary>Judges one shard's pictures, and keeps the probabilities.</summary>
    /// <param name="classifier">An open package.</param>
    /// <param name="samples">The whole dataset.</param>
    /// <param name="shard">Which part is this process's.</param>
    /// <param name="folder">The shared folder.</param>
    /// <param name="maxBad">More unusable pictures than this end the run.</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public static ShardReport Judge(
        PersonClassifier classifier,
        IEnumerable<Sample> samples,
        Shard shard,
        string folder,
        int maxBad,
        IProgress<FeatureProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var records = Open(classifier, folder, shard);
        using var work = new SharedWork(
            records,
            sizeof(double),
            shard,
            new FeatureOptions { MaxBad = maxBad },
            (_, picture, payload) => BinaryPrimitives.WriteDoubleLittleEndian(payload, classifier.Predict(picture).Probability),
            progress
        );
        return work.Run(samples, null, cancellation);
    }

    /// <summary>The answers that are there.</summary>
    public static RecordFolder Open(PersonClassifier classifier, string folder, Shard shard) =>
        new(Path.Combine(folder, Name(classifier)), sizeof(double), Ending, shard.IsWhole ? null : shard.Owns);

    /// <summary>Everything that answers depend on but the picture.</summary>
    private static string Name(PersonClassifier classifier)
    {
        var manifest = classifier.Package.Manifest;
        var model = manifest.Files.First(file => file.Path == classifier.Encoding.File).Sha256;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{model}\n{manifest.Input.ToSpec()}\n{ImageReader.Fingerprint}\nONNX Runtime {OnnxModel.RuntimeVersion}\n"
        );
        return $"answers-{classifier.Encoding.Name}-{Sha256Text.OfBytes(Encoding.UTF8.GetBytes(text))[..16]}";
    }
}
