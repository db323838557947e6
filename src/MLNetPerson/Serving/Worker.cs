using System.Collections.Concurrent;
using System.Diagnostics;
using MLNetPerson.Images;
using MLNetPerson.Prediction;

namespace MLNetPerson.Serving;

/// <summary>Answers questions, one batch after another, on a thread of its own: work on pictures would starve the thread pool that serves
/// requests.</summary>
internal sealed class Worker
{
    private readonly BlockingCollection<Question> _queue;
    private readonly Served<LoadedPackage> _served;
    private readonly ServingMetrics _metrics;
    private readonly TimeSpan _delay;
    private readonly Thread _thread;
    private byte[] _pixels = [];
    private float[] _probabilities = [];

    public Worker(BlockingCollection<Question> queue, Served<LoadedPackage> served, ServingMetrics metrics, TimeSpan delay, int number)
    {
        (_queue, _served, _metrics, _delay) = (queue, served, metrics, delay);
        _thread = new Thread(Work) { IsBackground = true, Name = $"MLNetPerson {number}" };
        _thread.Start();
    }

    public void Join() => _thread.Join();

    private void Work()
    {
        var batch = new List<Question>();
        while (_queue.TryTake(out var first, Timeout.Infinite))
        {
            batch.Add(first);
            try
            {
                _served.Use(package =>
                {
                    Gather(batch, package.Batch.Size);
                    Answer(batch, package);
                    return true;
                });
            }
            catch (Exception exception)
            {
                // The model failed, or memory ran out: those that have no answer yet are told, the next ones are tried.
                batch.ForEach(question => Refuse(question, exception));
            }

            batch.Clear();
        }
    }

    /// <summary>Takes what waits already, and waits a little for more where sharing a run is faster.</summary>
    private void Gather(List<Question> batch, int size)
    {
        while (batch.Count < size)
        {
            var left = _delay - Stopwatch.GetElapsedTime(batch[0].Asked);
            if (!_queue.TryTake(out var next, left > TimeSpan.Zero ? left : TimeSpan.Zero))
            {
                return;
            }

            batch.Add(next);
        }
    }

    private void Answer(List<Question> batch, LoadedPackage package)
    {
        var (classifier, bytes) = (package.Classifier, package.Classifier.Input.ByteCount);
        if (_pixels.Length < batch.Count * bytes || _probabilities.Length < batch.Count)
        {
            (_pixels, _probabilities) = (new byte[package.Batch.Size * bytes], new float[package.Batch.Size]);
        }

        batch.RemoveAll(question => !IsWanted(question));
        var decoded = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            if (Decode(batch[i], classifier, _pixels.AsSpan(decoded * bytes, bytes)))
            {
                batch[decoded++] = batch[i];
            }
        }

        batch.RemoveRange(decoded, batch.Count - decoded);
        if (decoded == 0)
        {
            return;
        }

        classifier.Run(_pixels.AsMemory(0, decoded * bytes), decoded, _probabilities.AsMemory(0, decoded));
        _metrics.Ran(decoded);
        for (var i = 0; i < decoded; i++)
        {
            var answer = classifier.Decide(_probabilities[i]);
            if (batch[i].TrySetResult(answer))
            {
                _metrics.Answered(batch[i], answer, classifier.Encoding.Name);
            }
        }
    }

    private bool IsWanted(Question question)
    {
        _metrics.Began(question);
        if (!question.Task.IsCompleted)
        {
            return true;
        }

        _metrics.Rejected(new OperationCanceledException());
        return false;
    }

    /// <summary>A picture that cannot be decoded is its own caller's trouble, not that of the others in the batch.</summary>
    private bool Decode(Question question, PersonClassifier classifier, Span<byte> pixels)
    {
        try
        {
            question.Decode(classifier, pixels);
            return true;
        }
        catch (ImageException exception)
        {
            Refuse(question, exception);
            return false;
        }
    }

    private void Refuse(Question question, Exception exception)
    {
        if (question.TrySetException(exception))
        {
            _metrics.Rejected(exception);
        }
    }
}
