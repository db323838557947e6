using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Tests.Features;

public sealed class FeatureExtractorTests : IDisposable
{
    private readonly TinyWorld _world = new();

    [Fact]
    public void Features_are_those_of_a_plain_loop()
    {
        var network = _world.Network();
        var set = new FeatureExtractor(network, _world.FeatureOptions).Extract(_world.Dataset.Samples);

        using var model = OnnxModel.Load(network.Bytes, "plain");
        for (var i = 0; i < set.Samples.Length; i++)
        {
            var (pixels, row) = (new byte[network.Input.ByteCount], new float[network.Width]);
            new ImageReader().ReadResized(File.ReadAllBytes(_world.Dataset.Samples[i].Path), network.Input, pixels);
            model.Run<byte>(pixels, [1, TinyWorld.Side, TinyWorld.Side, 3], row);
            Assert.Equal(row, set.Table.Row(i).ToArray());
            Assert.Equal(Sha256Text.OfFile(set.Samples[i].Path), set.PictureHashes[i]);
        }
    }

    [Fact]
    public void A_second_run_takes_everything_from_the_cache()
    {
        var extractor = new FeatureExtractor(_world.Network(), _world.FeatureOptions);

        var (first, second) = (extractor.Extract(_world.Dataset.Samples), extractor.Extract(_world.Dataset.Samples));

        Assert.Equal((0, 40), (first.FromCache, second.FromCache));
        Assert.Equal(first.Table.Values, second.Table.Values);
    }

    [Fact]
    public void A_picture_is_known_by_its_bytes_not_by_its_name()
    {
        var extractor = new FeatureExtractor(_world.Network(), _world.FeatureOptions);
        extractor.Extract(_world.Dataset.Samples);
        Directory.Move(_world["pictures/person"], _world["pictures/people"]);
        var changed = _world["pictures/none/001.png"];
        File.WriteAllBytes(changed, ImageWriter.EncodePng(TestImages.Noise(20, 20, 1)));

        Assert.Equal(39, extractor.Extract(_world.Dataset.Samples).FromCache);
    }

    [Fact]
    public void Another_network_or_another_preprocessing_has_a_cache_of_its_own()
    {
        new FeatureExtractor(_world.Network(), _world.FeatureOptions).Extract(_world.Dataset.Samples);
        var padded = _world.Recipe with { Input = _world.Recipe.Input with { Resize = ResizeKind.Pad } };
        var network = Backbones(padded);

        Assert.Equal(0, new FeatureExtractor(network, _world.FeatureOptions).Extract(_world.Dataset.Samples).FromCache);
    }

    [Fact]
    public void An_interrupted_run_goes_on_where_it_stopped()
    {
        var extractor = new FeatureExtractor(_world.Network(), _world.FeatureOptions with { Parallelism = 1 });
        using var cancellation = new CancellationTokenSource();
        var progress = new Count(done =>
        {
            if (done == 15)
            {
                cancellation.Cancel();
            }
        });

        Assert.ThrowsAny<OperationCanceledException>(() => extractor.Extract(_world.Dataset.Samples, progress, cancellation.Token));

        Assert.InRange(extractor.Extract(_world.Dataset.Samples).FromCache, 15, 17);
    }

    [Fact]
    public void A_record_that_was_cut_off_or_damaged_is_made_again()
    {
        var extractor = new FeatureExtractor(_world.Network(), _world.FeatureOptions);
        var whole = extractor.Extract(_world.Dataset.Samples);
        var file = Directory.GetFiles(_world.CachePath, "*.features", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes[..^10]);

        var again = extractor.Extract(_world.Dataset.Samples);

        Assert.Equal(38, again.FromCache);
        Assert.Equal(whole.Table.Values, again.Table.Values);
    }

    [Fact]
    public void Bad_pictures_are_left_out_and_listed_with_their_reason()
    {
        File.WriteAllText(_world["pictures/person/000.png"], "");
        File.Delete(_world["pictures/none/003.png"]);
        var samples = _world.Dataset.Samples.Add(
            new Sample
            {
                File = "gone.jpg",
                Path = _world["gone.jpg"],
                IsPerson = true,
            }
        );

        var set = new FeatureExtractor(_world.Network(), _world.FeatureOptions).Extract(samples);

        Assert.Equal(38, set.Samples.Length);
        Assert.Equal(["person/000.png", "gone.jpg"], set.Skipped.Select(skip => skip.Sample.File));
        Assert.StartsWith("there are no bytes in it.", set.Skipped[0].Reason);
        Assert.StartsWith("Could not find file", set.Skipped[1].Reason);
        Assert.DoesNotContain(set.Samples, sample => sample.File == "person/000.png");
    }

    [Fact]
    public void More_bad_pictures_than_allowed_end_the_run()
    {
        File.WriteAllText(_world["pictures/person/000.png"], "");
        File.WriteAllText(_world["pictures/person/002.png"], "text");

        var fault = Assert.Throws<FeatureException>(() =>
            new FeatureExtractor(_world.Network(), _world.FeatureOptions with { MaxBad = 1 }).Extract(_world.Dataset.Samples)
        );

        Assert.StartsWith(
            "More than 1 pictures could not be used, which is the limit that was given. 'person/000.png': there are no bytes",
            fault.Message
        );
    }

    [Fact]
    public void No_usable_picture_at_all_ends_the_run()
    {
        foreach (var file in Directory.GetFiles(_world.Pictures, "*.png", SearchOption.AllDirectories))
        {
            File.WriteAllText(file, "not a picture");
        }

        var fault = Assert.Throws<FeatureException>(() =>
            new FeatureExtractor(_world.Network(), _world.FeatureOptions).Extract(_world.Dataset.Samples)
        );

        Assert.StartsWith("None of the 40 pictures could be used. '", fault.Message);
    }

    [Fact]
    public void Every_picture_is_counted_once()
    {
        List<FeatureProgress> reports = [];

        new FeatureExtractor(_world.Network(), _world.FeatureOptions).Extract(_world.Dataset.Samples, new Collect(reports));

        Assert.Equal(Enumerable.Range(1, 40), reports.Select(report => report.Done).Order());
        Assert.All(reports, report => Assert.Equal(40, report.Total));
    }

    public void Dispose() => _world.Dispose();

    private static Training.Backbones.FeatureNetwork Backbones(Training.Retraining.Recipe recipe) =>
        Training
            .Backbones.FeatureNetworkBuilder.BuildAsync(
                Training.Backbones.BackboneCatalog.Open(recipe.Backbone),
                recipe.Input,
                recipe.Features
            )
            .GetAwaiter()
            .GetResult();

    private sealed class Count(Action<int> seen) : IProgress<FeatureProgress>
    {
        public void Report(FeatureProgress value) => seen(value.Done);
    }

    private sealed class Collect(List<FeatureProgress> list) : IProgress<FeatureProgress>
    {
        public void Report(FeatureProgress value)
        {
            lock (list)
            {
                list.Add(value);
            }
        }
    }
}
