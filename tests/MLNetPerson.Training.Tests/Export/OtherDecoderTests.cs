using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Prediction;
using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Downloads;
using MLNetPerson.Training.Retraining;
using Xunit.Abstractions;

namespace MLNetPerson.Training.Tests.Export;

/// <summary>
/// A package's file in a bare session, fed by a JPEG decoder that shares no line with libvips (npm jpeg-js, run by Node):
/// what the Raspberry Pi runtime, or anyone else, will see.
/// </summary>
public sealed class OtherDecoderTests(ITestOutputHelper output)
{
    /// <summary>
    /// IEEE 1180 allows an inverse cosine transform to be off by one level, so two decoders differ by at most 2 in luma and 2 in
    /// chroma; blue = Y + 1.772 Cb adds that up to 2 + 3.5 levels, and each decoder rounds the sum by half a level.
    /// </summary>
    private const int DecoderLevels = 6;

    /// <summary>A decoder that cuts off fractions is half a level below one that rounds, on average; that much, and no more. Seen:
    /// 0.505.</summary>
    private const double MeanDecoderLevels = 0.6;

    /// <summary>
    /// What a probability may move by when pixels move by so much. Seen: 0.012 with this head, which is fitted on 200 pictures
    /// and so leans on single features more than a real one.
    /// </summary>
    private const double ProbabilityTolerance = 0.02;

    [SkippableFact]
    public async Task Another_decoder_gets_the_same_probabilities()
    {
        var dataset = DatasetReader.Read(TestData.At("voc2007/labels.csv")).Only("dev");
        using var folder = new TempFolder();
        await NpmPackages.BringAsync(
            "jpeg-js@0.4.4",
            [
                new("index.js", "404574b5cede8905627bff9b05975c0472d50425feb6906b0a55335e6743c4b4", folder["jpeg-js/index.js"]),
                new("lib/decoder.js", "a3f175fd6f62d142aad94d3bd90f3a30be4e076baf9b6a6fa31c8e84d9d4aa9f", folder["jpeg-js/lib/decoder.js"]),
                new("lib/encoder.js", "00bde8df2517eca556669ab6fc27b414e9ba3fc52a0a71e1e37ec7c5f19c3d34", folder["jpeg-js/lib/encoder.js"]),
            ]
        );
        folder.Write(
            "decode.js",
            "const jpeg = require('./jpeg-js');const fs = require('fs');fs.writeFileSync(process.argv[3], "
                + "jpeg.decode(fs.readFileSync(process.argv[2]), { useTArray: true, formatAsRGBA: false }).data);"
        );
        var small = dataset with { Samples = [.. dataset.Samples.Take(200)] };
        await Retrainer.RetrainAsync(small, null, new RetrainOptions { Out = folder["package"], Recipe = RecipeCatalog.Open("light") });
        using var classifier = PersonClassifier.Load(folder["package"]);
        using var bare = OnnxModel.Load(folder["package/model.onnx"]);
        var spec = new ImageSpec(224, 224);
        var (worstLevel, worstProbability, sumOfLevels) = (0, 0.0, 0.0);

        foreach (var sample in small.Samples.Take(32))
        {
            // At the model's own size and without thinned-out colours, so that decoders are compared and nothing else.
            var pixels = new byte[spec.ByteCount];
            new ImageReader().ReadResized(File.ReadAllBytes(sample.Path), spec, pixels);
            var jpeg = TestImages.Encode(new RgbImage(224, 224, pixels), "jpegsave_buffer", null, ("subsample_mode", "off"), ("Q", "92"));
            File.WriteAllBytes(folder["picture.jpg"], jpeg);
            var node = ProcessRunner.Run("node", [folder["decode.js"], folder["picture.jpg"], folder["pixels.rgb"]]);
            Assert.True(node.ExitCode == 0, node.Error);
            var theirs = File.ReadAllBytes(folder["pixels.rgb"]);
            var probability = new float[1];
            bare.Run<byte>(theirs, [1, 224, 224, 3], probability);

            var ours = new ImageReader().Read(jpeg).Pixels;
            worstLevel = Math.Max(worstLevel, ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max());
            sumOfLevels += ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Average();
            worstProbability = Math.Max(worstProbability, Math.Abs(probability[0] - classifier.Predict(jpeg).Probability));
        }

        output.WriteLine(
            $"32 pictures: pixels differ by {sumOfLevels / 32:0.000} levels on average and at most {worstLevel}, probabilities by at most "
                + $"{worstProbability:0.000000}"
        );
        Assert.InRange(worstLevel, 0, DecoderLevels);
        Assert.InRange(sumOfLevels / 32, 0, MeanDecoderLevels);
        Assert.InRange(worstProbability, 0, ProbabilityTolerance);
    }
}
