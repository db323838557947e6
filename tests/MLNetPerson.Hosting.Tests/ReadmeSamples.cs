using MLNetPerson.Images;
using MLNetPerson.Prediction;
using MLNetPerson.Streaming;
using MLNetPerson.Testing;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Hosting.Tests;

/// <summary>The code of two pages: it runs here or in the web sample, and the pages may show nothing that does not.</summary>
public sealed class ReadmeSamples
{
    [Fact]
    public async Task A_stream_in_a_program_of_ones_own()
    {
        Environment.CurrentDirectory = Repository.At(".");
        var frame = GoldenPictures.Draw(new ImageSpec(640, 480), seed: 1, figures: 3).Pixels;
        using var stream = new MemoryStream([.. Enumerable.Repeat(frame, 10).SelectMany(pixels => pixels)]);

        using var classifier = PersonClassifier.Load("models/person");
        var video = new RawVideo(stream, new RawVideoOptions { Width = 640, Height = 480 });
        await foreach (var change in new PersonWatcher(classifier).WatchAsync(video.ReadAsync()))
        {
            Console.WriteLine(change); // person since 12.4 s, 0.97
        }

        Assert.Equal(stream.Length, stream.Position);
    }

    [Theory, InlineData("src/MLNetPerson.Hosting/README.md"), InlineData("src/MLNetPerson/Streaming/README.md")]
    public void The_page_shows_nothing_that_does_not_run(string page)
    {
        var here = new[] { "tests/MLNetPerson.Hosting.Tests/ReadmeSamples.cs", "tests/MLNetPerson.WebSample/Program.cs" }
            .SelectMany(file => File.ReadAllLines(Repository.At(file)))
            .Select(line => line.Trim())
            .ToHashSet();
        var (inCode, shown) = (false, 0);
        foreach (var line in File.ReadAllLines(Repository.At(page)))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inCode = line == "```csharp";
            }
            else if (inCode && line.Trim().Length > 0)
            {
                Assert.Contains(line.Trim(), here);
                shown++;
            }
        }

        Assert.True(shown > 0);
    }
}
