using MLNetPerson.Images;

namespace MLNetPerson;

/// <summary>The answer for one of many pictures: a prediction, or the reason why there is none.</summary>
/// <param name="Name">The picture's path or name, as it was given.</param>
/// <param name="Prediction">The answer, or null.</param>
/// <param name="Error">Why there is no answer, or null.</param>
public sealed record PersonResult(string Name, PersonPrediction? Prediction, ImageException? Error);
