namespace MLNetPerson.MLNet.Transforms;

/// <summary>Nothing is needed of a row.</summary>
internal sealed class EmptyRow;
