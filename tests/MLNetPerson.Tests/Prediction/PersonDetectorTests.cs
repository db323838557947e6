using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Prediction;

/// <summary>The ready detector, <c>models/person-boxes</c>, from every side.</summary>
public sealed class PersonDetectorTests : IDisposable
{
    private static readonly string Folder = Repository.At("models/person-boxes");

    /// <summary>How far a box's edge may be from its golden, in shares of the input: an integer's rounding moves edges a little.</summary>
    private const double EdgeTolerance = 0.03;

    private readonly PersonDetector _detector = PersonDetector.Load(
        Folder,
        PackageEncoding.Float32,
        new PersonDetectorOptions { MinProbability = 0.02 }
    );

    private readonly string[] _pictures = [.. Directory.GetFiles(Path.Combine(Folder, "golden"), "*.png").Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_golden_picture_gets_its_promised_boxes()
    {
        var manifest = _detector.Package.Manifest;
        Assert.Equal(PackageManifest.DetectionTask, manifest.Task);
        Assert.Contains(manifest.Goldens, golden => golden.Boxes!["float32"].Length > 0);
        foreach (var golden in manifest.Goldens)
        {
            var found = _detector.Detect(_detector.Package.PathOf(golden.File));
            foreach (var promised in golden.Boxes!["float32"].Where(box => box.Probability >= 0.05))
            {
                Assert.Contains(
                    found.Persons,
                    person =>
                        Math.Abs(person.Probability - promised.Probability) <= manifest.Encodings[0].Tolerance
                        && Math.Abs((person.Left / found.Width) - promised.Left) <= EdgeTolerance
                        && Math.Abs((person.Top / found.Height) - promised.Top) <= EdgeTolerance
                        && Math.Abs(((person.Left + person.Width) / found.Width) - promised.Right) <= EdgeTolerance
                        && Math.Abs(((person.Top + person.Height) / found.Height) - promised.Bottom) <= EdgeTolerance
                );
            }

            Assert.Equal(golden.Probabilities["float32"], golden.Boxes["float32"].Length == 0 ? 0 : found.Probability, 1e-3);
        }
    }

    [Fact]
    public void Bytes_path_stream_and_pixels_get_the_same_answer()
    {
        var path = _pictures[0];
        var bytes = File.ReadAllBytes(path);
        var image = new ImageReader().Read(bytes);
        using var stream = new MemoryStream(bytes);

        var answer = _detector.Detect(bytes);

        AssertSame(answer, _detector.Detect(path));
        AssertSame(answer, _detector.Detect(stream));
        AssertSame(answer, _detector.Detect(image.Pixels, image.Width, image.Height));
        AssertSame(answer, _detector.Detect(image.Pixels, new PixelLayout(PixelFormat.Rgb24, image.Width, image.Height)));
        Assert.NotEmpty(answer.Persons);
    }

    [Fact]
    public async Task What_is_awaited_is_the_same_too()
    {
        var answer = _detector.Detect(_pictures[0]);
        using var stream = File.OpenRead(_pictures[0]);
        var image = new ImageReader().Read(File.ReadAllBytes(_pictures[0]));

        AssertSame(answer, await _detector.DetectAsync(_pictures[0]));
        AssertSame(answer, await _detector.DetectAsync(stream));
        AssertSame(answer, await _detector.DetectAsync(File.ReadAllBytes(_pictures[0])));
        AssertSame(answer, await _detector.DetectAsync(image.Pixels, image.Width, image.Height));
    }

    [Fact]
    public void Boxes_are_sorted_and_lie_inside_of_the_picture_in_its_own_pixels()
    {
        var image = new ImageReader().Read(File.ReadAllBytes(_pictures[0]));
        var (width, height) = (200, 480);
        var pixels = new byte[width * height * 3];
        ImageReader.Resize(image.Pixels, image.Width, image.Height, new ImageSpec(width, height), pixels);

        var answer = _detector.Detect(pixels, width, height);

        Assert.Equal((width, height), (answer.Width, answer.Height));
        Assert.NotEmpty(answer.Persons);
        Assert.Equal(answer.Persons.OrderByDescending(person => person.Probability), answer.Persons);
        Assert.All(
            answer.Persons,
            person =>
            {
                Assert.InRange(person.Probability, 0.02, 1);
                Assert.True(person is { Left: >= 0, Top: >= 0, Width: > 0, Height: > 0 });
                Assert.True(person.Left + person.Width <= width + 1e-9 && person.Top + person.Height <= height + 1e-9);
            }
        );
        Assert.Equal(answer.Persons[0].Probability, answer.Probability);
    }

    [Fact]
    public void Boxes_scale_with_the_pictures_own_sides()
    {
        var image = new ImageReader().Read(File.ReadAllBytes(_pictures[0]));
        var upright = _detector.Detect(image.Pixels, image.Width, image.Height);
        var spec = new ImageSpec(240, 400);
        var tall = new byte[spec.ByteCount];
        ImageReader.Resize(image.Pixels, image.Width, image.Height, spec, tall);

        var answer = _detector.Detect(tall, 240, 400);

        Assert.Equal((240, 400), (answer.Width, answer.Height));
        // The same scene squashed to the model's square again: boxes scale with the sides.
        var (a, b) = (upright.Persons[0], answer.Persons[0]);
        Assert.Equal(a.Left / upright.Width, b.Left / answer.Width, 0.1);
        Assert.Equal(a.Height / upright.Height, b.Height / answer.Height, 0.1);
    }

    [Fact]
    public void Many_pictures_are_answered_in_order_and_past_bad_ones()
    {
        string[] names = [_pictures[0], "no/such.png", .. _pictures[1..]];

        var results = _detector.DetectMany(names).ToList();

        Assert.Equal(names, results.Select(result => result.Name));
        Assert.Equal(ImageFault.Unreadable, results[1].Error!.Fault);
        Assert.All(results.Where((_, i) => i != 1), result => AssertSame(_detector.Detect(result.Name), result.Detections!));
        Assert.Equal(2, _detector.DetectMany([("a", File.ReadAllBytes(_pictures[0])), ("b", [1, 2, 3])]).Count());
    }

    [Fact]
    public void Many_threads_share_one_detector()
    {
        var alone = _pictures.Select(picture => _detector.Detect(picture)).ToArray();

        Parallel.For(0, 24, i => AssertSame(alone[i % alone.Length], _detector.Detect(_pictures[i % alone.Length])));
    }

    [Fact]
    public void Fewer_boxes_come_out_from_a_higher_probability_on()
    {
        using var strict = PersonDetector.Load(Folder, "float32");
        var threshold = (float)strict.Package.Manifest.Threshold;
        foreach (var picture in _pictures)
        {
            Assert.Equal(
                _detector.Detect(picture).Persons.Where(person => person.Probability >= threshold),
                strict.Detect(picture).Persons
            );
        }
    }

    /// <remarks>
    /// Of drawn figures that float itself doubts (a probability of 0.07, say), an encoding may be surer or less sure: int8-portable says
    /// 0.24 of one of them. What is certain in float must be found by all, in the same place, and each gives its own promised answers.
    /// </remarks>
    [Fact]
    public void Every_encoding_gives_its_golden_answers_and_finds_what_float_is_certain_of()
    {
        foreach (var encoding in _detector.Package.Manifest.Encodings)
        {
            using var other = PersonDetector.Load(Folder, encoding.Name, new PersonDetectorOptions { MinProbability = 0.02 });
            foreach (var golden in _detector.Package.Manifest.Goldens)
            {
                var path = _detector.Package.PathOf(golden.File);
                var found = other.Detect(path);
                if (golden.Probabilities[encoding.Name] >= 0.25) // less certain ones are promised as 0
                {
                    Assert.Equal(golden.Probabilities[encoding.Name], found.Probability, encoding.Tolerance);
                }

                foreach (var certain in _detector.Detect(path).Persons.Where(person => person.Probability >= 0.5))
                {
                    Assert.Contains(found.Persons, person => person.Overlap(certain) >= 0.5 && person.Probability >= 0.25);
                }
            }
        }
    }

    [Fact]
    public void A_package_that_was_changed_is_refused()
    {
        using var folder = new TempFolder();
        TempFolder.Copy(Folder, folder["boxes"]);
        var part = Path.Combine(folder["boxes"], "nms.part");
        File.WriteAllBytes(part, [.. File.ReadAllBytes(part)[..^1], 7]);

        var exception = Assert.Throws<PackageException>(() => PersonDetector.Load(folder["boxes"]));

        Assert.Contains("'nms.part' has SHA-256 ", exception.Message);
        Assert.Contains("it changed after export", exception.Message);
    }

    [Fact]
    public void A_classifiers_package_is_refused_in_one_sentence_and_the_other_way_round()
    {
        var person = Repository.At("models/person");

        Assert.Equal(
            $"Package '{person}' is a classifier (task 'person-classification'), a detector is needed here: use 'predict' or "
                + "PersonClassifier.Load with it, or name a package that 'detect make' wrote.",
            Assert.Throws<PackageException>(() => PersonDetector.Load(person)).Message
        );
        Assert.Equal(
            $"Package '{Folder}' is a detector (task 'person-detection'), a classifier is needed here: use 'detect' or "
                + "PersonDetector.Load with "
                + "it, or name a package that 'retrain' wrote.",
            Assert.Throws<PackageException>(() => PersonClassifier.Load(Folder)).Message
        );
        Assert.Equal(PackageManifest.DetectionTask, ModelPackage.TaskOf(Folder));
        Assert.Null(ModelPackage.TaskOf("/no/such/folder"));
    }

    [Fact]
    public void Options_that_are_out_of_range_are_told_together()
    {
        var exception = Assert.Throws<ArgumentException>(() =>
            PersonDetector.Load(
                Folder,
                new PersonDetectorOptions
                {
                    MinProbability = 2,
                    Parallelism = -1,
                    ThreadsPerPicture = -1,
                }
            )
        );

        Assert.StartsWith(
            "Options of a detector have a fault: -1 threads are below 0; a parallelism of -1 is below 0; a least probability of 2 is "
                + "outside 0 "
                + "to 1.",
            exception.Message
        );
    }

    [Fact]
    public void A_detector_that_was_disposed_says_so()
    {
        var gone = PersonDetector.Load(Folder, "float32");
        gone.Dispose();

        Assert.Throws<ObjectDisposedException>(() => gone.Detect(_pictures[0]));
    }

    [Fact]
    public void Drawn_boxes_change_the_pixels_of_their_edges_only()
    {
        var image = new RgbImage(200, 100, new byte[200 * 100 * 3]);

        var drawn = BoxOverlay.Draw(image, new PersonDetections(200, 100, [new DetectedPerson(0.5f, 50, 40, 100, 50)]));

        (byte, byte, byte) At(int x, int y) =>
            (drawn.Pixels[((y * 200) + x) * 3], drawn.Pixels[(((y * 200) + x) * 3) + 1], drawn.Pixels[(((y * 200) + x) * 3) + 2]);
        Assert.Equal(((byte)255, (byte)140, (byte)0), At(50, 60));
        Assert.Equal(((byte)255, (byte)140, (byte)0), At(149, 60));
        Assert.Equal(((byte)255, (byte)140, (byte)0), At(100, 89));
        Assert.Equal(((byte)0, (byte)0, (byte)0), At(100, 65));
        Assert.Equal(((byte)0, (byte)0, (byte)0), At(10, 95));
        Assert.All(image.Pixels, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Overlap_is_shared_area_over_the_area_of_either()
    {
        var one = new DetectedPerson(1, 0, 0, 10, 10);

        Assert.Equal(1, one.Overlap(one));
        Assert.Equal(50 / 150.0, one.Overlap(new DetectedPerson(1, 5, 0, 10, 10)), 1e-12);
        Assert.Equal(0, one.Overlap(new DetectedPerson(1, 10, 0, 10, 10)));
        Assert.Equal("person 0.500 at 1, 2, 3 x 4", new DetectedPerson(0.5f, 1, 2, 3, 4).ToString());
    }

    public void Dispose() => _detector.Dispose();

    private static void AssertSame(PersonDetections expected, PersonDetections actual)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        Assert.Equal(expected.Persons.AsEnumerable(), actual.Persons);
    }
}
