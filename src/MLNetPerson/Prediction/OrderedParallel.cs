using System.Runtime.CompilerServices;

namespace MLNetPerson;

/// <summary>Works on several items at a time and gives the results in the items' order, never far ahead of their reader.</summary>
internal static class OrderedParallel
{
    /// <summary>Items in work or waiting, for each worker: enough that a slow one does not stop the others.</summary>
    private const int LookAhead = 4;

    /// <summary>As below, of items that arrive one by one: results that are ready are given while the next item is waited for.</summary>
    public static async IAsyncEnumerable<TResult> SelectAsync<TItem, TResult>(
        IAsyncEnumerable<TItem> items,
        int workers,
        Func<TItem, TResult> work,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var pending = new Queue<Task<TResult>>();
        using var free = new SemaphoreSlim(workers);
        var arriving = items.GetAsyncEnumerator(cancellation);
        try
        {
            for (var next = arriving.MoveNextAsync().AsTask(); ; next = arriving.MoveNextAsync().AsTask())
            {
                while (pending.Count > 0 && !next.IsCompleted)
                {
                    await Task.WhenAny(next, pending.Peek()).ConfigureAwait(false);
                    while (pending.Count > 0 && pending.Peek().IsCompleted)
                    {
                        yield return await pending.Dequeue().ConfigureAwait(false);
                    }
                }

                if (!await next.ConfigureAwait(false))
                {
                    break;
                }

                var item = arriving.Current;
                await free.WaitAsync(cancellation).ConfigureAwait(false);
                pending.Enqueue(Start(item, work, free));
                while (pending.Count >= workers * LookAhead)
                {
                    yield return await pending.Dequeue().ConfigureAwait(false);
                }
            }

            while (pending.Count > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return await pending.Dequeue().ConfigureAwait(false);
            }
        }
        finally
        {
            // The reader went away or an item failed: what runs must end before its resources do.
            foreach (var task in pending)
            {
                await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await arriving.DisposeAsync().ConfigureAwait(false);
        }
    }

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
                pending.Enqueue(Start(item, work, free));
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

    private static Task<TResult> Start<TItem, TResult>(TItem item, Func<TItem, TResult> work, SemaphoreSlim free) =>
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
        );
}
