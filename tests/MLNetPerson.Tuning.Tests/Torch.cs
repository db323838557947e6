// Torch uses all cores by itself, and some tests set environment variables.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace MLNetPerson.Tuning.Tests;

/// <summary>libtorch for tests, started once. Where it cannot be had, tests skip and say why.</summary>
internal static class Torch
{
    private static readonly Lazy<string?> Reason = new(() =>
    {
        try
        {
            TorchRuntime.StartAsync().GetAwaiter().GetResult();
            return null;
        }
        catch (TuningException exception)
        {
            return exception.Message;
        }
    });

    public static void Need() => Skip.If(Reason.Value is not null, $"libtorch cannot be had here: {Reason.Value}");
}
