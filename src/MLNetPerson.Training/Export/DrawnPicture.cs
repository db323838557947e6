using MLNetPerson.Images;

namespace MLNetPerson.Training.Export;

/// <summary>A picture that this project draws, for measurements that need one and prove nothing about accuracy.</summary>
public static class DrawnPicture
{
    /// <summary>Hills and three figures.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static RgbImage Scene(int width, int height) => GoldenPictures.Draw(new ImageSpec(width, height), seed: 1, figures: 3);
}
