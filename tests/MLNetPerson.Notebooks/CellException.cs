namespace MLNetPerson.Notebooks;

/// <summary>A cell does not compile, or threw, or took too long. The message is the kernel's.</summary>
public sealed class CellException(string message) : Exception(message);
