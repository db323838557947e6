using Microsoft.Extensions.Logging;
using MLNetPerson.Prediction;
using MLNetPerson.Serving;

namespace MLNetPerson.MLNet.Serving;

/// <summary>One model of a pool, by name, and what the log is told of it.</summary>
internal sealed partial class ServedModel : IDisposable
{
    private readonly string _name;
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Served<PersonPredictionEngine> _engine;

    public ServedModel(string name, string path, PersonEngineOptions options, ILogger logger)
    {
        _name = name.Length == 0 ? "default" : name;
        _path = Path.GetFullPath(path);
        _logger = logger;
        _engine = new Served<PersonPredictionEngine>(() => PersonPredictionEngine.Load(_path, options), () => ModelFile.Stamp(_path));
        Loaded(_name, _path);
    }

    public PersonPrediction Ask(Func<PersonPredictionEngine, PersonPrediction> question) => _engine.Use(question);

    /// <summary>Takes up the model on disk where it has changed; says whether it did.</summary>
    public bool Refresh()
    {
        var change = _engine.Refresh(out var isNews);
        if (change.Kind == ServedChangeKind.TakenUp)
        {
            Loaded(_name, _path);
        }
        else if (isNews)
        {
            Refused(_name, change.Reason);
        }

        return change.Kind == ServedChangeKind.TakenUp;
    }

    public void Dispose() => _engine.Dispose();

    [LoggerMessage(1, LogLevel.Information, "Model '{Name}' is loaded from '{Path}'.")]
    private partial void Loaded(string name, string path);

    [LoggerMessage(
        2,
        LogLevel.Error,
        "Model '{Name}' has changed on disk but cannot be loaded; the one before goes on answering. {Reason}"
    )]
    private partial void Refused(string name, string reason);
}
