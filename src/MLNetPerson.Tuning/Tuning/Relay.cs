namespace MLNetPerson.Tuning;

/// <summary>Hands progress on at once, on the thread that reports it; <see cref="Progress{T}"/> would queue it.</summary>
internal sealed class Relay<T>(Action<T> action) : IProgress<T>
{
    public void Report(T value) => action(value);
}
