namespace MLNetPerson.Training.Evaluation;

/// <summary>Samples of similar probability: are as many of them persons as it says?</summary>
/// <param name="Low">Probabilities from here on …</param>
/// <param name="High">… to here.</param>
/// <param name="Samples">How many.</param>
/// <param name="MeanProbability">What was said of them.</param>
/// <param name="Persons">Share that are persons.</param>
public readonly record struct CalibrationBin(double Low, double High, int Samples, double MeanProbability, Estimate Persons);
