using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNetPerson.Images;
using MLNetPerson.MLNet.Transforms;
using MLNetPerson.Packaging;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>How a detector's package is applied inside a chain.</summary>
public sealed record PersonBoxesOptions
{
    /// <summary>One of the package's encodings. The float model by default: see <see cref="ApplyPackageOptions.Encoding"/>.</summary>
    public string Encoding { get; init; } = PackageEncoding.Float32;

    /// <summary>Folder that relative paths of pictures are below; null for the current directory.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>Boxes of less than this probability are left out; null for the package's threshold. Range [0, 1].</summary>
    public double? MinProbability { get; init; }
}

/// <summary>A row with boxes: the class to read a chain's answers into.</summary>
public sealed class PersonBoxesRow
{
    /// <summary>Numbers of one box: probability, left, top, width, height.</summary>
    public const int Columns = 5;

    /// <summary>Five numbers for each person, the most probable one first: probability, then left, top, width and height in pixels of the
    /// upright picture.</summary>
    [VectorType]
    public float[] Boxes { get; set; } = [];

    /// <summary>The same as persons.</summary>
    public IEnumerable<DetectedPerson> Persons =>
        Boxes.Chunk(Columns).Select(box => new DetectedPerson(box[0], box[1], box[2], box[3], box[4]));
}

/// <summary>Where persons are, as a step of ML.NET.</summary>
public static class PersonBoxesCatalog
{
    /// <summary>
    /// Adds the column <c>Boxes</c>: five numbers for each person (<see cref="PersonBoxesRow"/>). A saved zip names the package's folder,
    /// which
    /// has to be there when the model is loaded; everything else is in the zip.
    /// </summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="folder">The folder that <c>detect make</c> wrote. Every file's hash is verified.</param>
    /// <param name="inputColumnName">A column of paths (text).</param>
    /// <param name="options">Which encoding, which boxes.</param>
    /// <exception cref="PackageException">Not a detector's package, not the one that was exported, or without that encoding.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static EstimatorChain<ITransformer> ApplyPersonBoxes(
        this TransformsCatalog catalog,
        string folder,
        string inputColumnName = "ImagePath",
        PersonBoxesOptions? options = null
    )
    {
        options ??= new PersonBoxesOptions();
        var config = new PersonBoxesConfig(Path.GetFullPath(folder), options.Encoding, options.ImageFolder, options.MinProbability);
        _ = PersonBoxesMapping.Detector(config); // what is wrong with the package is told here, not by the first row
        return new EstimatorChain<ITransformer>()
            .Append<ITransformer>(catalog.CopyColumns(Temporary.Path, inputColumnName))
            .Append<ITransformer>(catalog.CustomMapping<EmptyRow, AnchorRow>(AnchorMapping.Map, AnchorMapping.Contract))
            .Append<ITransformer>(catalog.Expression(Temporary.Config, $"x => \"{ConfigText.Write(config)}\"", Temporary.Anchor))
            .Append<ITransformer>(catalog.CustomMapping<PathRow, PersonBoxesRowOut>(PersonBoxesMapping.Map, PersonBoxesMapping.Contract))
            .Append<ITransformer>(catalog.DropColumns(Temporary.Path, Temporary.Anchor, Temporary.Config));
    }
}

/// <summary>What a saved step has to know.</summary>
internal sealed record PersonBoxesConfig(string Folder, string Encoding, string? ImageFolder, double? MinProbability);

/// <summary>The column that the step adds.</summary>
internal sealed class PersonBoxesRowOut
{
    [VectorType]
    [ColumnName(nameof(PersonBoxesRow.Boxes))]
    public VBuffer<float> Boxes { get; set; }
}

/// <summary>From a path to boxes. ML.NET finds the class by contract and assembly when it loads a model.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class PersonBoxesMapping : CustomMappingFactory<PathRow, PersonBoxesRowOut>
{
    public const string Contract = "MLNetPerson.Boxes";

    // One detector for all rows and cursors of a process: it is thread-safe, and its session is what takes memory.
    private static readonly ConcurrentDictionary<PersonBoxesConfig, Lazy<PersonDetector>> Detectors = new();

    public static PersonDetector Detector(PersonBoxesConfig config) =>
        Detectors
            .GetOrAdd(
                config,
                one => new Lazy<PersonDetector>(() =>
                    PersonDetector.Load(one.Folder, one.Encoding, new PersonDetectorOptions { MinProbability = one.MinProbability })
                )
            )
            .Value;

    /// <exception cref="ImageException">The row's picture cannot be read; the message names it.</exception>
    public static void Map(PathRow row, PersonBoxesRowOut boxes)
    {
        var config = ConfigText.Read<PersonBoxesConfig>(row.Config.ToString());
        var path = row.Path.ToString();
        var found = Detector(config).Detect(config.ImageFolder is null ? path : Path.Combine(config.ImageFolder, path));
        float[] numbers =
        [
            .. found.Persons.SelectMany(person =>
                new[] { person.Probability, (float)person.Left, (float)person.Top, (float)person.Width, (float)person.Height }
            ),
        ];
        boxes.Boxes = new VBuffer<float>(numbers.Length, numbers);
    }

    public override Action<PathRow, PersonBoxesRowOut> GetMapping() => Map;
}
