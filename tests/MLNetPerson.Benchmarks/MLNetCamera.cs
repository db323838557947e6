using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Benchmarks;

/// <summary>Photographs enlarged to what a camera gives: 4000 × 3000 pixels.</summary>
internal static class MLNetCamera
{
    private static readonly ImageSpec Size = new(4000, 3000);

    public static Dataset Write(Dataset dataset, int count, string folder)
    {
        var reader = new ImageReader();
        var chosen = Enumerable.Range(0, count).Select(i => dataset.Samples[(int)((long)i * dataset.Samples.Length / count)]).ToList();
        return dataset with
        {
            Samples =
            [
                .. chosen.Select(
                    (sample, i) =>
                    {
                        var pixels = new byte[Size.ByteCount];
                        reader.ReadResized(File.ReadAllBytes(sample.Path), Size, pixels, sample.File);
                        var path = Path.Combine(folder, $"{i}.jpg");
                        File.WriteAllBytes(path, ImageWriter.EncodeJpeg(new RgbImage(Size.Width, Size.Height, pixels), 90));
                        return sample with { Path = path };
                    }
                ),
            ],
        };
    }
}
