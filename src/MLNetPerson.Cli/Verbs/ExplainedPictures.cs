using MLNetPerson.Files;
using MLNetPerson.Images;

namespace MLNetPerson.Cli.Verbs;

/// <summary>Answers for pictures, and writes beside each answer where in the picture it comes from.</summary>
/// <param name="classifier">Of a package with activation maps.</param>
/// <param name="folder">Where pictures with heat maps go; made where it is not there.</param>
internal sealed class ExplainedPictures(PersonClassifier classifier, string folder)
{
    private const int Quality = 88;
    private readonly ImageReader _reader = new();

    /// <summary>In the given order, going on past bad pictures, each with the file that was written for it.</summary>
    /// <exception cref="IOException">The disk refuses; no file is left half written.</exception>
    public IEnumerable<(PersonResult Result, string? Overlay)> Answer(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        OutputPlace.CheckFolder(folder);
        var names = Names(files);
        return files
            .Zip(names)
            .AsParallel()
            .AsOrdered()
            .WithCancellation(cancellation)
            .WithMergeOptions(ParallelMergeOptions.NotBuffered)
            .Select(file => Answer(file.First, () => _reader.ReadBytes(file.First), file.Second));
    }

    /// <summary>For one picture from elsewhere.</summary>
    /// <exception cref="IOException">The disk refuses; no file is left half written.</exception>
    public (PersonResult Result, string? Overlay) Answer(string name, Func<byte[]> read, string? overlay = null)
    {
        try
        {
            var bytes = read();
            var map = classifier.Explain(bytes, name);
            var drawn = ImageWriter.EncodeJpeg(ActivationOverlay.WithCaption(_reader.Read(bytes, name), map), Quality);
            overlay ??= Overlay("stdin", 1);
            Directory.CreateDirectory(folder);
            AtomicFile.WriteBytes(overlay, drawn);
            return (new PersonResult(name, classifier.Predict(bytes), null), overlay);
        }
        catch (ImageException exception)
        {
            return (new PersonResult(name, null, exception), null);
        }
    }

    /// <summary>One file name for each picture: pictures of one name in several folders get numbers, and no picture that is read is written
    /// over.</summary>
    private List<string> Names(IReadOnlyList<string> files)
    {
        var taken = files.Select(Path.GetFullPath).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. files.Select(file =>
                Enumerable
                    .Range(1, int.MaxValue)
                    .Select(number => Overlay(Path.GetFileNameWithoutExtension(file), number))
                    .First(name => taken.Add(Path.GetFullPath(name)))
            ),
        ];
    }

    private string Overlay(string stem, int number) =>
        Path.Combine(folder, number == 1 ? $"{stem}.explained.jpg" : $"{stem}-{number}.explained.jpg");
}
