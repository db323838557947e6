namespace MLNetPerson.Serving;

/// <summary>As many questions are waiting, streams being read, or bytes held as may be. Ask again later, or ask another machine: a web
/// server
/// answers 503 or 429.</summary>
public sealed class PersonBusyException : Exception
{
    /// <summary>As many questions are waiting as may wait.</summary>
    /// <param name="limit"><see cref="ServingOptions.QueueLimit"/>.</param>
    public PersonBusyException(int limit)
        : this($"{limit} questions are waiting for an answer, which is all that may wait", nameof(ServingOptions.QueueLimit)) { }

    private PersonBusyException(string what, string option)
        : base($"{what} ({nameof(ServingOptions)}.{option}). Ask again later.") { }

    internal static PersonBusyException Reads(int limit) =>
        new($"{limit} pictures are being read, which is all that may be", nameof(ServingOptions.MaxReads));

    internal static PersonBusyException Bytes(long limit) =>
        new(
            $"Pictures that are read or wait for an answer take all of the {limit:N0} bytes that they may",
            nameof(ServingOptions.MaxBytesHeld)
        );
}
