using System.Diagnostics;
using System.Diagnostics.Metrics;
using MLNetPerson.Images;
using MLNetPerson.Prediction;

namespace MLNetPerson.Serving;

/// <summary>What a host sees of the serving, through System.Diagnostics.Metrics. Units as OpenTelemetry writes them.</summary>
internal sealed class ServingMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _predictions;
    private readonly Counter<long> _rejects;
    private readonly Counter<long> _changes;
    private readonly Histogram<double> _latency;
    private readonly Histogram<double> _waiting;
    private readonly Histogram<int> _batch;

    public ServingMetrics(IMeterFactory? factory, string name, Func<int> queue)
    {
        KeyValuePair<string, object?>[] tags = name.Length == 0 ? [] : [new("mlnetperson.name", name)];
        _meter = factory?.Create(ServedClassifier.MeterName, null, tags) ?? new Meter(ServedClassifier.MeterName, null, tags);
        _predictions = _meter.CreateCounter<long>("mlnetperson.predictions", "{prediction}", "Answers given, by encoding and answer.");
        _rejects = _meter.CreateCounter<long>("mlnetperson.rejects", "{question}", "Questions without an answer, by reason.");
        _changes = _meter.CreateCounter<long>(
            "mlnetperson.package.changes",
            "{change}",
            "Other packages found on disk, taken up or refused."
        );
        _latency = _meter.CreateHistogram<double>("mlnetperson.prediction.duration", "s", "From question to answer.");
        _waiting = _meter.CreateHistogram<double>("mlnetperson.queue.duration", "s", "From question to the beginning of work on it.");
        _batch = _meter.CreateHistogram<int>("mlnetperson.batch.size", "{picture}", "Pictures that went through the model together.");
        _meter.CreateObservableUpDownCounter("mlnetperson.queue.length", queue, "{question}", "Questions that wait.");
    }

    public void Began(Question question) => _waiting.Record(Stopwatch.GetElapsedTime(question.Asked).TotalSeconds);

    public void Answered(Question question, PersonPrediction answer, string encoding)
    {
        _predictions.Add(1, new("encoding", encoding), new("answer", answer.IsPerson ? "person" : "none"));
        _latency.Record(Stopwatch.GetElapsedTime(question.Asked).TotalSeconds);
    }

    public void Ran(int pictures) => _batch.Record(pictures);

    public void Rejected(Exception exception) =>
        _rejects.Add(
            1,
            new KeyValuePair<string, object?>(
                "reason",
                exception switch
                {
                    ImageException image => Name(image.Fault),
                    PersonBusyException => "busy",
                    OperationCanceledException => "cancelled",
                    _ => "failed",
                }
            )
        );

    public void Changed(ServedChangeKind kind) => _changes.Add(1, new KeyValuePair<string, object?>("outcome", Name(kind)));

    public void Dispose() => _meter.Dispose();

    /// <summary>TooManyPixels: too_many_pixels.</summary>
    private static string Name(Enum value) =>
        string.Concat(
            value
                .ToString()
                .Select(
                    (letter, i) => i > 0 && char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"
                )
        );
}
