namespace MLNetPerson.Images.Vips;

/// <summary>
/// Lets pictures decode side by side, and a failed one again all alone: libvips keeps one error text per process,
/// so only a failure without company has a text of its own.
/// </summary>
internal static class VipsGate
{
    private static readonly ReaderWriterLockSlim Gate = new();

    /// <summary>Runs <paramref name="work"/>; where it fails, runs it once more alone and lets that failure's text out.</summary>
    /// <param name="work">Must be repeatable.</param>
    /// <exception cref="VipsException">It failed both times.</exception>
    public static T Run<T>(Func<T> work)
    {
        VipsLibrary.EnsureStarted();
        Gate.EnterReadLock();
        try
        {
            return work();
        }
        catch (VipsException)
        {
            // Again below, without the read lock.
        }
        finally
        {
            Gate.ExitReadLock();
        }

        Gate.EnterWriteLock();
        try
        {
            VipsNative.vips_error_clear();
            return work();
        }
        finally
        {
            Gate.ExitWriteLock();
        }
    }
}
