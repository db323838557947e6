using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Testing.Devices;

namespace MLNetPerson.Training.Tests.Bundles;

/// <summary>selftest.js and the README as another team would use them: by Node, with a runtime that knows nothing of this
/// project.</summary>
public sealed class SelfTestTests(BundleFixture fixture) : IClassFixture<BundleFixture>
{
    [Fact]
    public void A_program_written_from_the_readme_alone_makes_the_expected_tensors_to_the_byte()
    {
        using var folder = new TempFolder();

        var made = ProcessRunner.Run(
            "node",
            [Repository.At("tests/Testing/Devices/consumer.js"), fixture.Bundle.Folder, "tensors", folder.Path]
        );

        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Equal(6, folder.Entries().Length);
        foreach (
            var (name, tensor) in fixture
                .Bundle.Manifest.SelfTest.Inference.Select(test => (test.Name, test.Tensor))
                .Append(("resize", "selftest/decoding/resize.rgb"))
        )
        {
            Assert.True(
                File.ReadAllBytes(fixture.Bundle.PathOf(tensor)).AsSpan().SequenceEqual(File.ReadAllBytes(folder[$"{name}.rgb"])),
                name
            );
        }
    }

    [Fact]
    public void Answers_of_any_runtime_are_judged()
    {
        using var folder = new TempFolder();
        var answers = BundleAnswers.Here(fixture.Bundle).ToDictionary();

        var right = Run("--answers", Write(folder, answers));
        answers["fp16 high"] += 0.002;
        answers["int8 near-threshold"] += 0.1;
        answers.Remove("float32 low");
        var wrong = Run("--answers", Write(folder, answers));
        var chosen = Run("--answers", Write(folder, answers), "--encoding", "int8-portable");

        Assert.True(right.ExitCode == 0, right.Output + right.Error);
        Assert.EndsWith("PASSED\n", right.Output);
        Assert.Equal((1, 0), (wrong.ExitCode, chosen.ExitCode));
        Assert.Contains("WRONG: fp16 high: ", wrong.Output);
        Assert.Contains("WRONG: int8 near-threshold: ", wrong.Output);
        Assert.Contains("WRONG: float32 low: no answer", wrong.Output);
        Assert.EndsWith("FAILED: 3 wrong\n", wrong.Output);
    }

    [Fact]
    public void Tensors_of_any_decoder_are_judged_and_what_is_usually_done_wrong_is_found()
    {
        using var folder = new TempFolder();
        var tests = fixture.Bundle.Manifest.SelfTest.Decoding;
        RgbImage Picture(string name) =>
            new ImageReader().Read(File.ReadAllBytes(fixture.Bundle.PathOf(tests.Single(test => test.Name == name).Picture)));
        byte[] Expected(string name) => File.ReadAllBytes(fixture.Bundle.PathOf(tests.Single(test => test.Name == name).Tensor));
        (int ExitCode, string Output) Judge(Func<string, byte[]> decoder)
        {
            tests.ToList().ForEach(test => folder.Write($"{test.Name}.rgb", decoder(test.Name)));
            var run = Run("--decoded", folder.Path);
            return (run.ExitCode, run.Output);
        }

        Assert.Equal(0, Judge(Expected).ExitCode);
        Assert.Equal(1, Judge(name => Swapped(Expected(name))).ExitCode);
        Assert.Equal(3, Judge(name => Nearest(Picture(name))).Output.Split("WRONG").Length - 1);
        Assert.Equal(3, Judge(name => Squashed(Cropped(Picture(name)))).Output.Split("WRONG").Length - 1);
        Assert.Equal(
            1,
            Judge(name => name == "upright" ? Squashed(Turned(Picture(name))) : Expected(name)).Output.Split("WRONG").Length - 1
        );
        Assert.Contains("150527 bytes, 150528 are expected", Judge(name => Expected(name)[..^1]).Output);
        File.Delete(folder["jpeg.rgb"]);
        Assert.Contains("WRONG: decoding jpeg: there is no ", Run("--decoded", folder.Path).Output);
    }

    [Fact]
    public void Changed_files_and_wrong_usage_end_in_1()
    {
        using var folder = new TempFolder();
        foreach (var file in fixture.Bundle.Manifest.Files.Select(file => file.Path).Append("bundle.json"))
        {
            folder.Write(file, File.ReadAllBytes(fixture.Bundle.PathOf(file)));
        }

        folder.Write("README.md", "changed");
        File.Delete(folder["package/card.md"]);
        var changed = ProcessRunner.Run("node", [folder["selftest.js"], "--decoded", folder.Path]);

        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("WRONG: README.md is not the file that bundle.json promises", changed.Output);
        Assert.Contains("WRONG: package/card.md is missing", changed.Output);
        Assert.Contains("'--fly' is no option", Run("--fly", "1").Error);
        Assert.Contains("--time 'soon' is not a number above 0", Run("--time", "soon").Error);
        Assert.Contains(
            "There is no encoding 'int4' in this bundle; it has float32, int8, int8-portable, fp16.",
            Run("--encoding", "int4").Error
        );
        Assert.Contains("onnxruntime-node is not there", Run("--encoding", "fp16").Error);
        Assert.Contains("is not \"ENCODING TEST PROBABILITY\"", Run("--answers", folder.Write("answers.txt", "fp16 high much")).Error);
    }

    private static string Write(TempFolder folder, Dictionary<string, double> answers) =>
        folder.Write(
            "answers.txt",
            string.Concat(answers.Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Key} {answer.Value:R}\n")))
        );

    private static byte[] Swapped(byte[] rgb) => [.. rgb.Chunk(3).SelectMany(pixel => new[] { pixel[2], pixel[1], pixel[0] })];

    private static byte[] Squashed(RgbImage image)
    {
        var pixels = new byte[224 * 224 * 3];
        ImageReader.Resize(image.Pixels, image.Width, image.Height, new ImageSpec(224, 224), pixels);
        return pixels;
    }

    private static byte[] Nearest(RgbImage image) =>
        [
            .. Enumerable
                .Range(0, 224 * 224)
                .SelectMany(i =>
                    image.Pixels.AsSpan((((i / 224 * image.Height / 224) * image.Width) + (i % 224 * image.Width / 224)) * 3, 3).ToArray()
                ),
        ];

    private static RgbImage Cropped(RgbImage image)
    {
        var side = Math.Min(image.Width, image.Height);
        return new RgbImage(
            side,
            side,
            [
                .. Enumerable
                    .Range(0, side)
                    .SelectMany(y =>
                        image
                            .Pixels.AsSpan(((y + ((image.Height - side) / 2)) * image.Width + ((image.Width - side) / 2)) * 3, side * 3)
                            .ToArray()
                    ),
            ]
        );
    }

    private static RgbImage Turned(RgbImage image) =>
        new(
            image.Height,
            image.Width,
            [
                .. Enumerable
                    .Range(0, image.Width)
                    .SelectMany(y =>
                        Enumerable.Range(0, image.Height).SelectMany(x => image.Pixels.AsSpan(((x * image.Width) + y) * 3, 3).ToArray())
                    ),
            ]
        );

    private ProcessRunner.Outcome Run(params string[] options) =>
        ProcessRunner.Run("node", [fixture.SelfTest, .. options], environment: new Dictionary<string, string?> { ["NODE_PATH"] = "" });
}
