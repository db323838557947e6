namespace MLNetPerson.Images.Vips;

/// <summary>
/// Lets pictures decode side by side, and a failed one again all alone: libvips keeps one error text per process,
/// so only a failure without company has a text of its own. A decoder that writes to the error text and goes on has guessed pixels;
/// its picture is decoded again alone too, and fails if the text tells of damage.
/// </summary>
internal static class VipsGate
{
    private static readonly ReaderWriterLockSlim Gate = new();

    /// <summary>Whether the calling thread is the only one that works in libvips: the one error text is its own.</summary>
    public static bool IsAlone => Gate.IsWriteLockHeld;

    /// <summary>Runs <paramref name="work"/>; where it fails or leaves an error text, runs it once more alone and lets that failure's text
    /// out.</summary>
    /// <param name="work">Must be repeatable, and dispose all that it opens.</param>
    /// <param name="format">Whose decoder is at work; null where nothing is decoded.</param>
    /// <param name="isPadding">Whether so many bytes before a JPEG's end marker, which its decoder passed over, hold nothing.</param>
    /// <exception cref="VipsException">It failed both times, or decoded with damage.</exception>
    public static T Run<T>(Func<T> work, ImageFormat? format = null, Func<int, bool>? isPadding = null)
    {
        VipsLibrary.EnsureStarted();
        Gate.EnterReadLock();
        try
        {
            VipsLog.Clear();
            var result = work();
            if (!VipsError.IsPending)
            {
                return result;
            }
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
            VipsLog.Clear();
            var result = work();
            return DecoderRemarks.DamageInErrors(VipsError.Take(), VipsLog.Messages, format, isPadding) is { } damage
                ? throw new VipsException(damage)
                : result;
        }
        catch (VipsException exception)
            when (!exception.IsUnsupported && DecoderRemarks.Reason(exception.Message, VipsLog.Messages) is { } reason)
        {
            throw new VipsException(reason);
        }
        finally
        {
            VipsNative.vips_error_clear();
            Gate.ExitWriteLock();
        }
    }
}
