using System.Globalization;
using MLNetPerson.Inference;
using MLNetPerson.Training.Bundles;

namespace MLNetPerson.Testing.Devices;

/// <summary>What models say of a bundle's tensors, as lines "ENCODING TEST PROBABILITY": by "ENCODING TEST".</summary>
public static class BundleAnswers
{
    /// <summary>By this process.</summary>
    public static IReadOnlyDictionary<string, double> Here(DeviceBundle bundle)
    {
        var (answers, input) = (new Dictionary<string, double>(StringComparer.Ordinal), bundle.Manifest.Input);
        foreach (var encoding in bundle.Manifest.Encodings)
        {
            using var model = OnnxModel.Load(bundle.PathOf(encoding.File));
            foreach (var test in bundle.Manifest.SelfTest.Inference)
            {
                var probability = new float[1];
                model.Run<byte>(File.ReadAllBytes(bundle.PathOf(test.Tensor)), [1, input.Height, input.Width, 3], probability);
                answers[$"{encoding.Name} {test.Name}"] = probability[0];
            }
        }

        return answers;
    }

    public static IReadOnlyDictionary<string, double> Read(string lines) =>
        lines
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .ToDictionary(
                parts => $"{parts[0]} {parts[1]}",
                parts => double.Parse(parts[2], CultureInfo.InvariantCulture),
                StringComparer.Ordinal
            );
}
