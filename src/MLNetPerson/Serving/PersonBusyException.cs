namespace MLNetPerson.Serving;

/// <summary>As many questions are waiting as may wait. Ask again later, or ask another machine: a web server answers 503 or 429.</summary>
/// <param name="limit"><see cref="ServingOptions.QueueLimit"/>.</param>
public sealed class PersonBusyException(int limit)
    : Exception(
        $"{limit} questions are waiting for an answer, which is all that may wait ({nameof(ServingOptions)}."
            + $"{nameof(ServingOptions.QueueLimit)}). Ask again later."
    );
