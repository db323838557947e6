namespace MLNetPerson.Prediction;

/// <summary>Works on several items at a time and gives the results in the items' order, never far ahead of their reader.</summary>
internal static class OrderedParallel
{
    /// <summary>Items in work or waiting, for each worker: enough that a slow one does not stop the others.</summary>
    private const int LookAhead = 4;

    public static IEnumerable<TResult> Select<TItem, TResult>(
        IEnumerable<TItem> items,
        int workers,
        Func<TItem, TResult> work,
        CancellationToken cancellation
    )
    {
        // A queue of tasks, and a semaphore that bounds how many run.
        var pending = new Queue<Task<TResult>>();
        using var free = new SemaphoreSlim(workers);
        try
        {
            foreach (var item in items)
            {
                cancellation.ThrowIfCancellationRequested();
                free.Wait(cancellation);
                pending.Enqueue(
                    Task.Run(
                        () =>
                        {
                            try
                            {
                                return work(item);
                            }
                            finally
                            {
                                free.Release();
                            }
                        },
                        CancellationToken.None
                    )
                );
                while (pending.Count > 0 && (pending.Count >= workers * LookAhead || pending.Peek().IsCompleted))
                {
                    yield return pending.Dequeue().GetAwaiter().GetResult();
                }
            }

            while (pending.Count > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return pending.Dequeue().GetAwaiter().GetResult();
            }
        }
        finally
        {
            // The reader went away or an item failed: what runs must end before its resources do.
            foreach (var task in pending)
            {
                try
                {
                    task.Wait(CancellationToken.None);
                }
                catch (AggregateException)
                {
                    // Its result is no longer wanted.
                }
            }
        }
    }
}
