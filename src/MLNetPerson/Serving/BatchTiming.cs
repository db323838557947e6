namespace MLNetPerson.Serving;

/// <summary>What was measured for one size of batch.</summary>
/// <param name="Size">Pictures that go through the model together.</param>
/// <param name="PicturesPerSecond">Of the model alone, all workers busy; a median.</param>
public sealed record BatchTiming(int Size, double PicturesPerSecond);
