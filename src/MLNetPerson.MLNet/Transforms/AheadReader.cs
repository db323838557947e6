using System.Collections.Concurrent;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>
/// Workers that take items from one source, work on them side by side, and hand the results out in the items' order, never far ahead of the
/// reader. Whoever is free takes the next item himself: nobody waits for the reader's thread to hand out work.
/// </summary>
internal sealed class AheadReader<TItem, TResult> : IDisposable
{
    /// <summary>Items in work or waiting to be read, for each worker: enough that a slow one does not stop the others.</summary>
    private const int LookAhead = 8;

    private readonly IEnumerator<TItem> _source;
    private readonly Func<TItem, TResult> _work;
    private readonly Lock _taking = new();
    private readonly SemaphoreSlim _room;
    private readonly BlockingCollection<TaskCompletionSource<TResult>> _ordered = [];
    private readonly List<Thread> _workers = [];
    private bool _ended;
    private volatile bool _stopped;

    public AheadReader(IEnumerator<TItem> source, int workers, Func<TItem, TResult> work)
    {
        _source = source;
        _work = work;
        _room = new SemaphoreSlim(workers * LookAhead);
        for (var i = 0; i < workers; i++)
        {
            var worker = new Thread(Work) { IsBackground = true, Name = "pictures ahead" };
            _workers.Add(worker);
            worker.Start();
        }
    }

    /// <summary>The next result; false at the end.</summary>
    public bool TryRead(out TResult? result)
    {
        if (!_ordered.TryTake(out var next, Timeout.Infinite))
        {
            result = default;
            return false;
        }

        result = next.Task.GetAwaiter().GetResult();
        _room.Release();
        return true;
    }

    /// <summary>Ends the workers; what they are at is finished first.</summary>
    public void Dispose()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        _room.Release(_workers.Count);
        foreach (var worker in _workers)
        {
            worker.Join();
        }

        _source.Dispose();
        _room.Dispose();
        _ordered.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            _room.Wait();
            if (_stopped || !Take(out var item, out var place))
            {
                // The others may be waiting for room that no one will make any more.
                _room.Release();
                return;
            }

            try
            {
                place!.SetResult(_work(item!));
            }
            catch (Exception exception)
            {
                place!.SetException(exception);
            }
        }
    }

    private bool Take(out TItem? item, out TaskCompletionSource<TResult>? place)
    {
        lock (_taking)
        {
            (item, place) = (default, null);
            if (_ended)
            {
                return false;
            }

            try
            {
                if (_source.MoveNext())
                {
                    item = _source.Current;
                    place = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
                    _ordered.Add(place);
                    return true;
                }
            }
            catch (Exception exception)
            {
                // The reader gets it where the item would have been.
                var fault = new TaskCompletionSource<TResult>();
                fault.SetException(exception);
                _ordered.Add(fault);
            }

            _ended = true;
            _ordered.CompleteAdding();
            return false;
        }
    }
}
