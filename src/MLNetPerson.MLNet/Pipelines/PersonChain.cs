namespace MLNetPerson.MLNet.Pipelines;

/// <summary>Which steps stand before the trainer.</summary>
public enum PersonChain
{
    /// <summary>
    /// <c>LoadPersonImages → ExtractPersonFeatures</c>: the pixels and features of <c>retrain</c> and
    /// <see cref="Prediction.PersonClassifier"/>, bit
    /// for bit, several pictures at a time.
    /// </summary>
    Careful,

    /// <summary>
    /// <c>LoadImages → ResizeImages → ExtractPixels → ApplyOnnxModel</c>: ML.NET's own steps around the same network. EXIF is ignored,
    /// resizing is
    /// ML.NET's, a truncated JPEG is taken as it is, a bad file ends the run.
    /// </summary>
    Classic,
}
