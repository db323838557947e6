namespace MLNetPerson.Training.Features;

/// <summary>How far an extraction is.</summary>
/// <param name="Done">Pictures dealt with, skipped ones among them.</param>
/// <param name="Total">Pictures in all.</param>
/// <param name="FromCache">How many of them came out of the cache.</param>
/// <param name="Skipped">How many of them could not be used.</param>
public readonly record struct FeatureProgress(int Done, int Total, int FromCache, int Skipped);
