namespace MLNetPerson.MLNet.Pictures;

/// <summary>Nothing is needed of a row.</summary>
internal sealed class EmptyRow;
