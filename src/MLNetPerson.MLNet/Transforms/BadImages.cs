namespace MLNetPerson.MLNet.Transforms;

/// <summary>What happens to a row whose picture cannot be used.</summary>
public enum BadImages
{
    /// <summary>The run ends with an <see cref="Images.ImageException"/> that names the file.</summary>
    Fail,

    /// <summary>
    /// The row is left out of what <c>Fit</c> and <c>Transform</c> see, and <see cref="PersonImageOptions.Dropped"/> is told why. One
    /// picture asked for alone, through a prediction engine, still fails by name: there is nothing to leave out.
    /// </summary>
    Drop,
}
