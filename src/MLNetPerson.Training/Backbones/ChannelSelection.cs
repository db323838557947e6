namespace MLNetPerson.Training.Backbones;

/// <summary>Keeps the channels offset, offset + every, offset + 2 · every …: one class out of a detector's scores, say.</summary>
/// <param name="Every">Distance between the channels kept. Range [1, ∞).</param>
/// <param name="Offset">The first one kept. Range [0, every).</param>
public sealed record ChannelSelection(int Every, int Offset);
