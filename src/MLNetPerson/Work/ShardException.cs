namespace MLNetPerson.Work;

/// <summary>There is no such shard, or settings contradict each other. The message names them.</summary>
/// <param name="message">What was said, and what to do.</param>
public sealed class ShardException(string message) : Exception(message);
