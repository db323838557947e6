using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.MLNet.Serving;

namespace MLNetPerson.MLNet.Tests.Serving;

/// <summary>Memory can only be measured while no other test runs.</summary>
[Collection(nameof(EngineMemoryTests))]
[CollectionDefinition(nameof(EngineMemoryTests), DisableParallelization = true)]
public sealed class EngineMemoryTests
{
    [Fact]
    public void Memory_stays_flat()
    {
        using var world = new PicturesWorld();
        using var engine = new PersonPredictionEngine(world.Ml, world.Ml.PersonPipeline(world.Options).Fit(world.Data));
        var picture = File.ReadAllBytes(world.World.Dataset.Samples[0].Path);
        long Settled(int predictions)
        {
            for (var i = 0; i < predictions; i++)
            {
                engine.Predict(picture);
            }

            GC.Collect(2, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
            return GC.GetTotalMemory(forceFullCollection: true);
        }

        var before = Settled(500);
        var after = Settled(2000);

        // A leak of one tensor handle a prediction would be some 200 kB here; the benchmark `mlnet` watches the process over 10,000.
        Assert.InRange(after - before, long.MinValue, 100_000);
    }
}
