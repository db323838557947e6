using MLNetPerson.Packaging;
using MLNetPerson.Testing;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Training.Retraining.Sizes;

namespace MLNetPerson.Training.Tests.Retraining.Sizes;

public sealed class SizeSweepTests : IDisposable
{
    private readonly TinyWorld _world = new(anySize: true);

    [Fact]
    public async Task Every_size_is_retrained_once_encoded_judged_and_timed()
    {
        var (training, heldOut) = Divided();

        var first = await SizeSweep.RunAsync(training, heldOut, Options(32, 64));
        var second = await SizeSweep.RunAsync(training, heldOut, Options(96, 64, 32, 64));

        Assert.Equal(["32 float32", "32 fp16", "64 float32", "64 fp16"], first.Points.Select(point => point.Name));
        Assert.Equal(
            ["32 float32", "32 fp16", "64 float32", "64 fp16", "96 float32", "96 fp16"],
            second.Points.Select(point => point.Name)
        );
        Assert.Empty(first.UpToDate);
        Assert.Equal([32, 64], second.UpToDate.AsEnumerable());
        Assert.Equal(("held-out", 10), (first.Metrics.Source, first.Metrics.Samples));
        Assert.All(
            first.Points,
            point =>
            {
                Assert.InRange(point.Accuracy.Value, point.Accuracy.Low!.Value, point.Accuracy.High!.Value);
                Assert.True(point.Milliseconds > 0 && point.Timing.EndToEnd.P95High >= point.Timing.EndToEnd.P95 && point.Bytes > 0);
            }
        );
        Assert.Equal(
            first.Points.Select(point => (point.Name, point.Accuracy)),
            second.Points.Take(4).Select(point => (point.Name, point.Accuracy))
        );

        // Four times the pixels, four times the products of the convolutions, and the head's few on top.
        Assert.InRange((double)first.Points[2].Macs / first.Points[0].Macs, 3.8, 4.0);
        Assert.True(first.Points[1].Bytes < first.Points[0].Bytes);
    }

    [Fact]
    public async Task Its_numbers_are_those_of_a_retrain_at_that_size()
    {
        var (training, heldOut) = Divided();
        var options = Options(64);

        var swept = (await SizeSweep.RunAsync(training, heldOut, options)).Points[0];
        var retrained = await Retrainer.RetrainAsync(training, heldOut, _world.Options with { Recipe = SizeModels.At(_world.Recipe, 64) });

        Assert.Equal(
            (retrained.Evaluation.Accuracy.Value, retrained.Export.ModelBytes, retrained.Export.Manifest.Backbone.Macs),
            (swept.Accuracy.Value, swept.Bytes, swept.Macs)
        );
    }

    [Fact]
    public async Task An_interrupted_run_goes_on_where_it_stopped()
    {
        var (training, heldOut) = Divided();
        using var stop = new CancellationTokenSource();
        var progress = new Relay<RetrainProgress>(step =>
        {
            if (step.Step == "64: head, held-out pictures, encodings")
            {
                stop.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            SizeSweep.RunAsync(training, heldOut, Options(32, 64), progress, stop.Token)
        );

        Assert.Equal([32], (await SizeSweep.RunAsync(training, heldOut, Options(32, 64))).UpToDate.AsEnumerable());
    }

    [Fact]
    public async Task Other_pictures_other_seeds_and_other_encodings_make_other_models()
    {
        var (training, heldOut) = Divided();
        await SizeSweep.RunAsync(training, heldOut, Options(32));

        async Task<bool> WasThere(SizeOptions options, int skip = 0) =>
            (await SizeSweep.RunAsync(training with { Samples = [.. training.Samples.Skip(skip)] }, heldOut, options)).UpToDate.Length == 1;
        Assert.True(await WasThere(Options(32)));
        Assert.True(await WasThere(Options(32) with { Seconds = 0.02 }));
        Assert.False(await WasThere(Options(32), skip: 2));
        Assert.False(await WasThere(Options(32) with { Recipe = _world.Recipe with { Head = _world.Recipe.Head with { Seed = 5 } } }));
        Assert.False(
            await WasThere(Options(32) with { Encodings = Options(32).Encodings! with { Encodings = [PackageEncoding.Weights8] } })
        );
        File.WriteAllBytes(training.Samples[3].Path, File.ReadAllBytes(training.Samples[5].Path));
        Assert.False(await WasThere(Options(32)));
    }

    [Fact]
    public async Task Faulty_options_are_all_named_before_any_work()
    {
        var options = Options(0, 48, 8192) with { Threads = 0, Seconds = -1, Recipe = _world.Recipe with { Backbone = "" } };

        Assert.Equal(
            "recipe 'tiny': 'backbone' is empty; 0, 48, 8192: sizes are multiples of 32, from 32 to 4096; 0 threads are below 1; -1 "
                + "seconds are outside 0 to 3600",
            options.Fault()
        );
        Assert.Equal("no size is named", (Options(32) with { Sides = [] }).Fault());
        Assert.Null(Options(32).Fault());
        await Assert.ThrowsAsync<RecipeException>(() => SizeSweep.RunAsync(_world.Dataset, null, options));
        Assert.False(Directory.Exists(_world["sizes"]));
    }

    [Fact]
    public async Task A_size_that_the_recipe_does_not_take_is_named()
    {
        using var fixedSize = new TinyWorld();
        var options = Options(32, 64) with { Recipe = fixedSize.Recipe, Features = fixedSize.FeatureOptions };

        var fault = (await Assert.ThrowsAsync<BackboneException>(() => SizeSweep.RunAsync(fixedSize.Dataset, null, options))).Message;

        Assert.StartsWith("At 64 x 64 pixels: ", fault);
    }

    [Fact]
    public void A_packages_recipe_can_be_run_again()
    {
        var retrained = _world.Retrain();

        Assert.Equal(RecipeJson.Write(_world.Recipe), RecipeJson.Write(RecipeCatalog.Of(retrained.Export.Manifest)));
        Assert.Contains(
            "cannot be run again",
            Assert
                .Throws<RecipeException>(() =>
                    RecipeCatalog.Of(
                        retrained.Export.Manifest with
                        {
                            Recipe = new System.Text.Json.Nodes.JsonObject { ["chain"] = "of another kind" },
                        }
                    )
                )
                .Message
        );
    }

    [Fact]
    public async Task Pictures_that_cannot_be_read_are_listed_once_and_not_timed()
    {
        var (training, heldOut) = Divided();
        File.WriteAllText(heldOut.Samples[0].Path, "no picture");

        var frontier = await SizeSweep.RunAsync(training, heldOut, Options(32, 64) with { Encodings = null });

        Assert.Equal(heldOut.Samples[0].File, Assert.Single(frontier.Skipped).Sample.File);
        Assert.Equal(9, frontier.Metrics.Samples);
        File.WriteAllText(_world["junk.jpg"], "no picture");
        Assert.Contains(
            "can be decoded",
            Assert
                .Throws<FeatureException>(() =>
                    SizeSweep.Pictures(heldOut with { Samples = [heldOut.Samples[0]] }, new Images.ImageLimits())
                )
                .Message
        );
    }

    public void Dispose() => _world.Dispose();

    private (Dataset Training, Dataset HeldOut) Divided()
    {
        var all = _world.Dataset;
        return (
            all with
            {
                Samples = [.. all.Samples.Where((_, i) => i % 4 != 3)],
            },
            all with
            {
                Samples = [.. all.Samples.Where((_, i) => i % 4 == 3)],
            }
        );
    }

    private SizeOptions Options(params int[] sides) =>
        new()
        {
            Recipe = _world.Recipe,
            Sides = [.. sides],
            Encodings = new QuantizeOptions { Encodings = [PackageEncoding.Fp16], Calibration = 8 },
            Features = _world.FeatureOptions,
            Seconds = 0.01,
            WorkFolder = _world["sizes"],
        };
}
