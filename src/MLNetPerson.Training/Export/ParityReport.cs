namespace MLNetPerson.Training.Export;

/// <summary>How exactly an export reproduces the training path.</summary>
/// <param name="Pictures">Pictures compared.</param>
/// <param name="WorstPicture">The one with the largest difference.</param>
/// <param name="WorstProbability">What the export says of it.</param>
/// <param name="Difference">How far that is from the training path's.</param>
public sealed record ParityReport(int Pictures, string WorstPicture, double WorstProbability, double Difference);
