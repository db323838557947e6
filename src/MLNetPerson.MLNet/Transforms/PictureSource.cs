namespace MLNetPerson.MLNet.Transforms;

/// <summary>What a column of pictures can be.</summary>
internal enum PictureSource
{
    /// <summary>Text: paths of files.</summary>
    Path,

    /// <summary>Vectors of bytes: files' contents.</summary>
    Encoded,

    /// <summary>ML.NET's pictures in memory.</summary>
    Picture,
}
