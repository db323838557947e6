using System.Text.RegularExpressions;
using static MLNetPerson.Tuning.Tests.Tuning.TunerTests;

namespace MLNetPerson.Tuning.Tests.Tuning;

/// <summary>What a run does about losses that are not finite, and about checkpoints that are not its own.</summary>
public sealed class InterruptionTests
{
    /// <summary>Pictures of the third batch of ten.</summary>
    private const int CallInStepThree = 25;

    [SkippableFact]
    public void One_loss_that_is_not_finite_costs_a_step_and_half_the_rate_and_no_more()
    {
        Torch.Need();
        using var world = new BrightSquares(40);
        var calls = 0;
        var input = Input(world) with
        {
            // One answer of the teacher is no number, the first time that it is asked for.
            Teacher = (_, drawn) =>
                Interlocked.Increment(ref calls) == CallInStepThree ? double.NaN
                : drawn.IsPerson ? 0.9
                : 0.1,
        };
        using var tuner = new Tuner(Options, input);

        var result = tuner.Run();

        Assert.Equal(["the loss was NaN at step 3: went back to the weights of step 2 and halved the rate"], result.Notes.ToArray());
        Assert.Null(result.Stopped);
        Assert.Equal(Options.Epochs + 1, result.Epochs.Length);
        Assert.All(result.Epochs.Skip(1), epoch => Assert.True(double.IsFinite(epoch.TrainingLoss) && double.IsFinite(epoch.Loss)));
        const int Steps = 12;
        Assert.Equal(LearningRate.Of(Options, Steps - 1, Steps) / 2, result.Epochs[^1].Rate, 1e-12);
    }

    [SkippableFact]
    public void A_checkpoint_of_another_recipe_is_refused_and_left_as_it_is()
    {
        Torch.Need();
        using var world = new BrightSquares(40);
        var input = Input(world) with { Checkpoint = world["run.checkpoint"] };
        Interrupt(input);
        var bytes = File.ReadAllBytes(input.Checkpoint);

        using var other = new Tuner(Options with { Rate = Options.Rate / 2 }, input);
        var error = Assert.Throws<TuningException>(() => other.Run());

        Assert.Matches(
            $"^Checkpoint '{Regex.Escape(input.Checkpoint)}' is of another run \\(key [0-9a-f]{{12}}…, this one's is [0-9a-f]{{12}}…\\): "
                + "recipe, pictures, network, threads or library differ. Run with what it was made with, or delete it to begin again.$",
            error.Message
        );
        Assert.Equal(bytes, File.ReadAllBytes(input.Checkpoint));
    }

    [SkippableTheory, InlineData(0), InlineData(100), InlineData(-1)]
    public void A_damaged_checkpoint_is_refused(int at)
    {
        Torch.Need();
        using var world = new BrightSquares(40);
        var input = Input(world) with { Checkpoint = world["run.checkpoint"] };
        Interrupt(input);
        var bytes = File.ReadAllBytes(input.Checkpoint);
        bytes[at < 0 ? bytes.Length + at : at] ^= 1;
        File.WriteAllBytes(input.Checkpoint, bytes);

        using var tuner = new Tuner(Options, input);

        Assert.Equal(
            $"Checkpoint '{input.Checkpoint}' is damaged: its content does not have the hash at its end. Delete it to begin again.",
            Assert.Throws<TuningException>(() => tuner.Run()).Message
        );
    }

    [SkippableFact]
    public void A_checkpoint_that_cannot_be_replaced_leaves_nothing_half_written_behind()
    {
        Torch.Need();
        using var world = new BrightSquares(40);
        Directory.CreateDirectory(world["full"]); // a folder has the file's name: every write fails at its end, as on a full disk
        using var tuner = new Tuner(Options with { Epochs = 1, CheckpointMinutes = 1000 }, Input(world));
        var expected = tuner.Run().Graph.ToBytes();
        using var failing = new Tuner(
            Options with
            {
                Epochs = 1,
                CheckpointMinutes = 1000,
            },
            Input(world) with
            {
                Checkpoint = world["full"],
            }
        );

        var result = failing.Run();

        var note = Assert.Single(result.Notes);
        Assert.Matches("^the checkpoint at step 3 could not be written \\(.*\\); the run went on without it$", note);
        Assert.Equal(expected, result.Graph.ToBytes());
        Assert.Equal(["full", "pictures"], Directory.GetFileSystemEntries(world["."]).Select(Path.GetFileName).Order());
    }

    private static void Interrupt(TunerInput input)
    {
        using var kill = new CancellationTokenSource();
        using var killed = new Tuner(Options, input);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            killed.Run(
                new Relay<TuningProgress>(at =>
                {
                    if (at.Step == 5)
                    {
                        kill.Cancel();
                    }
                }),
                cancellation: kill.Token
            )
        );
    }
}
