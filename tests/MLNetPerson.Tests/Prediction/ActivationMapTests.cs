using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;
using MLNetPerson.Testing;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Onnx;

namespace MLNetPerson.Tests.Prediction;

public sealed class ActivationMapTests(TrainedPackage package) : IClassFixture<TrainedPackage>
{
    private readonly string[] _pictures = [.. Directory.GetFiles(package.World.Pictures, "*.png", SearchOption.AllDirectories).Order()];

    [Fact]
    public void Contributions_and_bias_add_up_to_the_logit_of_the_answer()
    {
        using var classifier = PersonClassifier.Load(package.Path);
        foreach (var picture in _pictures)
        {
            var map = classifier.Explain(picture);

            Assert.Equal(map.Width * map.Height, map.Contributions.Length);
            Assert.InRange(
                map.Contributions.Sum(value => (double)value) + map.Bias - map.Logit,
                -ActivationMap.SumTolerance,
                ActivationMap.SumTolerance
            );
            Assert.InRange(map.Evidence.Sum(value => (double)value) - map.Logit, -ActivationMap.SumTolerance, ActivationMap.SumTolerance);
            Assert.Equal(1 / (1 + Math.Exp(-map.Logit)), map.Prediction.Probability, 1e-5);
            Assert.Equal(classifier.Predict(picture).Probability, map.Prediction.Probability, 1e-5);
        }
    }

    /// <summary>Every pooling typed out: who had the maximum, and how much of the mean is whose.</summary>
    [Fact]
    public void The_map_agrees_with_plain_loops_over_the_taps()
    {
        using var classifier = PersonClassifier.Load(package.Path);
        var taps = Taps();
        var weights = OnnxGraph
            .Parse(File.ReadAllBytes(Path.Combine(package.Path, "model.onnx")), "model")
            .Initializer("head/weights")!
            .Floats();
        foreach (var picture in _pictures.Take(10))
        {
            var pixels = new byte[TinyWorld.Side * TinyWorld.Side * 3];
            new ImageReader().ReadResized(File.ReadAllBytes(picture), package.World.Recipe.Input, pixels);
            var map = classifier.Explain(pixels, TinyWorld.Side, TinyWorld.Side);

            using var network = OnnxModel.Load(taps, "taps");
            var outputs = network.Run<byte>(pixels, [1, TinyWorld.Side, TinyWorld.Side, 3], ["shallow", "deep"]);
            var expected = new double[map.Height * map.Width];
            var start = 0;
            foreach (var feature in package.World.Recipe.Features)
            {
                var tap = outputs.Single(output => output.Name == feature.Tap);
                var side = (int)tap.Shape[2];
                for (var channel = 0; channel < tap.Shape[1]; channel++)
                {
                    Pool(
                        feature,
                        tap.Values.AsSpan(channel * side * side, side * side),
                        side,
                        weights[start + channel],
                        (y, x, value) => Spread(expected, map.Width, side, y, x, value)
                    );
                }

                start += (int)tap.Shape[1];
            }

            FloatAssert.Close([.. expected.Select(value => (float)value)], [.. map.Contributions], within: 1e-4f);
        }
    }

    [Fact]
    public void The_first_call_may_come_from_many_threads()
    {
        using var classifier = PersonClassifier.Load(package.Path);
        var logits = new float[64];

        Parallel.For(0, logits.Length, i => logits[i] = classifier.Explain(_pictures[i % 4]).Logit);

        Assert.All(Enumerable.Range(0, logits.Length), i => Assert.Equal(logits[i % 4], logits[i]));
    }

    [Fact]
    public void A_package_without_a_map_opens_answers_and_says_how_to_get_one()
    {
        using var folder = new TempFolder();
        var whole = ModelPackage.Open(package.Path);
        var files = whole
            .Manifest.Files.Where(file => file.Path != ExplanationBuilder.File)
            .ToDictionary(file => file.Path, file => (ReadOnlyMemory<byte>)File.ReadAllBytes(whole.PathOf(file.Path)));
        ModelPackageWriter.Write(folder["old"], whole.Manifest with { Explanation = null }, files);

        using var classifier = PersonClassifier.Load(folder["old"]);

        Assert.InRange(classifier.Predict(_pictures[0]).Probability, 0, 1);
        Assert.Equal(
            $"Package '{folder["old"]}' has no activation maps: it was written by {whole.Manifest.CreatedBy} without them. Write it again "
                + $"with 'retrain'; the model will be the same.",
            Assert.Throws<PackageException>(() => classifier.Explain(_pictures[0])).Message
        );
    }

    [Fact]
    public void A_package_that_was_replaced_since_it_was_opened_explains_nothing_rather_than_another_model()
    {
        using var folder = new TempFolder();
        package.CopyTo(folder["served"]);
        using var classifier = PersonClassifier.Load(folder["served"]);
        var answer = classifier.Predict(_pictures[0]);
        File.AppendAllText(Path.Combine(folder["served"], "model.onnx"), " ");

        Assert.StartsWith("'model.onnx' in '", Assert.Throws<PackageException>(() => classifier.Explain(_pictures[0])).Message);
        File.Delete(Path.Combine(folder["served"], "model.onnx"));
        Assert.Contains("cannot be read any more", Assert.Throws<PackageException>(() => classifier.Explain(_pictures[0])).Message);
        Assert.Equal(answer, classifier.Predict(_pictures[0]));
    }

    [Fact]
    public void Whichever_encoding_predicts_the_float_model_is_explained()
    {
        using var exact = PersonClassifier.Load(Repository.At("models/person"), PackageEncoding.Float32);
        using var portable = PersonClassifier.Load(Repository.At("models/person"), PackageEncoding.Int8Portable);
        var scene = GoldenPictures.Draw(new ImageSpec(300, 200), seed: 5, figures: 1);

        var map = portable.Explain(scene.Pixels, scene.Width, scene.Height);

        FloatAssert.Close([.. exact.Explain(scene.Pixels, scene.Width, scene.Height).Contributions], [.. map.Contributions], within: 1e-5f);
        Assert.Equal(exact.Predict(scene.Pixels, scene.Width, scene.Height).Probability, map.Prediction.Probability, 1e-5);
        Assert.Equal((28, 28), (map.Width, map.Height));
    }

    [Fact]
    public void The_map_costs_the_package_little_and_the_model_nothing()
    {
        var ready = ModelPackage.Open(Repository.At("models/person"));
        using var model = OnnxModel.Load(ready.PathOf("model.onnx"));

        Assert.InRange(ready.Manifest.Files.Single(file => file.Path == ready.Manifest.Explanation!.File).Bytes, 1, 60_000);
        Assert.Equal(["probability"], model.Outputs.Select(output => output.Name));
    }

    /// <summary>A drawn figure, put in on the left or on the right: the map must change there, and mostly there.</summary>
    [Fact]
    public void A_figure_changes_the_map_where_it_stands()
    {
        using var classifier = PersonClassifier.Load(Repository.At("models/person"), PackageEncoding.Float32);
        var (right, all) = (0, 0);
        for (var seed = 0; seed < 20; seed++)
        {
            var (empty, figure) = (
                GoldenPictures.Draw(new ImageSpec(320, 240), seed, 0),
                GoldenPictures.Draw(new ImageSpec(320, 240), seed, 1)
            );
            var before = classifier.Explain(empty.Pixels, 320, 240);
            foreach (var shift in new[] { -90, 90 })
            {
                // The scene's middle, where the one figure stands, pasted at the side.
                var pasted = (byte[])empty.Pixels.Clone();
                for (var y = 0; y < 240; y++)
                {
                    figure.Pixels.AsSpan(((y * 320) + 120) * 3, 80 * 3).CopyTo(pasted.AsSpan(((y * 320) + 120 + shift) * 3));
                }

                var after = classifier.Explain(pasted, 320, 240);
                var change = new double[2];
                for (var i = 0; i < after.Contributions.Length; i++)
                {
                    change[i % 28 < 14 ? 0 : 1] += Math.Abs(after.Contributions[i] - before.Contributions[i]);
                }

                all++;
                right += change[shift < 0 ? 0 : 1] > change[shift < 0 ? 1 : 0] ? 1 : 0;
            }
        }

        Assert.InRange(right, all * 0.9, all);
    }

    [SkippableFact]
    public void On_VOC2007_covering_what_speaks_for_a_person_costs_more_than_covering_what_speaks_against()
    {
        var photos = Training
            .Datasets.DatasetReader.Read(TestData.At("voc2007/labels.csv"))
            .Only("dev")
            .Samples.Where(sample => sample.IsPerson)
            .Take(60)
            .ToList();
        using var classifier = PersonClassifier.Load(Repository.At("models/person"), PackageEncoding.Float32);
        var (cheaper, correlation) = (0, 0.0);
        foreach (var photo in photos)
        {
            var image = new ImageReader().Read(File.ReadAllBytes(photo.Path));
            var map = classifier.Explain(image.Pixels, image.Width, image.Height);
            var cells = Enumerable
                .Range(0, 49)
                .Select(i =>
                    (
                        i,
                        Sum: Enumerable
                            .Range(0, 16)
                            .Sum(k => (double)map.Contributions[(((i / 7 * 4) + (k / 4)) * 28) + (i % 7 * 4) + (k % 4)])
                    )
                )
                .OrderBy(cell => cell.Sum)
                .ToList();
            cheaper += Logit(cells.TakeLast(4).Select(cell => cell.i)) < Logit(cells.Take(4).Select(cell => cell.i)) ? 1 : 0;
            var mirrored = CuratedPictures.Mirror(image);
            correlation += Correlation(map, classifier.Explain(mirrored.Pixels, image.Width, image.Height)) / photos.Count;

            double Logit(IEnumerable<int> covered)
            {
                var pixels = (byte[])image.Pixels.Clone();
                foreach (var cell in covered)
                {
                    for (var y = cell / 7 * image.Height / 7; y < ((cell / 7) + 1) * image.Height / 7; y++)
                    {
                        pixels.AsSpan(((y * image.Width) + (cell % 7 * image.Width / 7)) * 3, image.Width / 7 * 3).Fill(128);
                    }
                }

                return classifier.Explain(pixels, image.Width, image.Height).Logit;
            }
        }

        Assert.InRange(cheaper, photos.Count * 0.85, photos.Count);
        Assert.InRange(correlation, 0.45, 1); // of a picture's map and its mirror image's, mirrored back
    }

    private static double Correlation(ActivationMap map, ActivationMap mirrored)
    {
        double[] first = [.. map.Contributions.Select(value => (double)value)];
        double[] second =
        [
            .. Enumerable
                .Range(0, first.Length)
                .Select(i => (double)mirrored.Contributions[(i / map.Width * map.Width) + map.Width - 1 - (i % map.Width)]),
        ];
        var (a, b) = (first.Average(), second.Average());
        return first.Zip(second, (x, y) => (x - a) * (y - b)).Sum()
            / Math.Sqrt(first.Sum(x => (x - a) * (x - a)) * second.Sum(y => (y - b) * (y - b)));
    }

    private byte[] Taps()
    {
        var graph = OnnxGraph.Parse(File.ReadAllBytes(Path.Combine(package.Path, "model.onnx")), "model");
        graph.Model.Graph.Output.Clear();
        foreach (var tap in new[] { "shallow", "deep" })
        {
            graph.Model.Graph.Output.Add(
                GraphBuilder.Describe(tap, MLNetPerson.Training.Onnx.Proto.TensorProto.Types.DataType.Float, [-1, -1, -1, -1])
            );
        }

        return graph.ToBytes();
    }

    private static void Pool(FeatureSpec feature, ReadOnlySpan<float> tap, int side, float weight, Action<int, int, double> add)
    {
        var (window, windows) = (feature.Window, side - feature.Window + 1);
        var values = new double[windows * windows];
        for (var i = 0; i < values.Length; i++)
        {
            var inside = new List<float>();
            for (var k = 0; k < window * window; k++)
            {
                inside.Add(tap[(((i / windows) + (k / window)) * side) + (i % windows) + (k % window)]);
            }

            values[i] = feature.Pooling == Pooling.Average ? inside.Max() : inside.Average();
        }

        for (var i = 0; i < values.Length; i++)
        {
            // Averages: each window counts. Maxima: only the best ones do, in equal parts.
            var best = values.Max();
            var share =
                feature.Pooling == Pooling.Average ? 1.0 / values.Length
                : Math.Abs(values[i] - best) < 1e-6 ? 1.0 / values.Count(value => Math.Abs(value - best) < 1e-6)
                : 0;
            var places = Enumerable
                .Range(0, window * window)
                .Select(k => (Y: (i / windows) + (k / window), X: (i % windows) + (k % window)))
                .ToList();
            var at = new List<double>();
            foreach (var place in places)
            {
                at.Add(tap[(place.Y * side) + place.X]);
            }

            var largest = at.Max();
            var ties = at.Count(value => value.Equals(largest));
            foreach (var (place, value) in places.Zip(at))
            {
                add(
                    place.Y,
                    place.X,
                    weight
                        * share
                        * (feature.Pooling == Pooling.Average ? (value.Equals(largest) ? largest / ties : 0) : value / places.Count)
                );
            }
        }
    }

    /// <summary>Both convolutions pad at the right and bottom only: steps of 2 pixels are centred at 1.5, 3.5 …, steps of 4 at 3.5, 7.5
    /// ….</summary>
    private static void Spread(double[] map, int width, int side, int y, int x, double value)
    {
        var stride = TinyWorld.Side / side;
        double[] Shares(int step)
        {
            var centre = Math.Clamp((stride == 2 ? 1.5 : 3.5) + (step * stride), 1, TinyWorld.Side - 1);
            double[] shares = [.. Enumerable.Range(0, width).Select(cell => Math.Max(0, 1 - (Math.Abs((2 * cell) + 1 - centre) / stride)))];
            return [.. shares.Select(share => share / shares.Sum())];
        }

        var (rows, columns) = (Shares(y), Shares(x));
        for (var i = 0; i < map.Length; i++)
        {
            map[i] += value * rows[i / width] * columns[i % width];
        }
    }
}
