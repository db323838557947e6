using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;

namespace MLNetPerson.Benchmarks;

/// <summary>
/// Pictures as a model sees them, one behind the other in a file: what decodes them is not what is measured, and another program may
/// answer for the same bytes.
/// </summary>
internal static class RawPictures
{
    public static void Write(string file, ImageSpec input, IEnumerable<string> pictures)
    {
        using var stream = File.Create(file);
        var (reader, pixels) = (new ImageReader(), new byte[input.ByteCount]);
        foreach (var picture in pictures)
        {
            reader.ReadResized(reader.ReadBytes(picture), input, pixels, picture);
            stream.Write(pixels);
        }
    }

    /// <summary>A probability for each picture, by this process.</summary>
    public static double[] Judge(ModelPackage package, string encoding, string file, bool exact = true)
    {
        var input = package.Manifest.Input.ToSpec();
        using var model = OnnxModel.Load(package.PathOf(package.Encoding(encoding).File), new OnnxModelOptions { ExactIntegers = exact });
        using var stream = File.OpenRead(file);
        var (picture, probability, probabilities) = (new byte[input.ByteCount], new float[1], new List<double>());
        while (stream.ReadAtLeast(picture, picture.Length, throwOnEndOfStream: false) == picture.Length)
        {
            model.Run<byte>(picture, [1, input.Height, input.Width, 3], probability);
            probabilities.Add(probability[0]);
        }

        return [.. probabilities];
    }
}
