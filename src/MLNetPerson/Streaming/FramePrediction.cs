namespace MLNetPerson.Streaming;

/// <summary>The answer for one frame.</summary>
/// <param name="Index">Of the frame, from 0.</param>
/// <param name="Time">Of the frame, since the stream began.</param>
/// <param name="Prediction">The answer.</param>
public readonly record struct FramePrediction(long Index, TimeSpan Time, PersonPrediction Prediction);
