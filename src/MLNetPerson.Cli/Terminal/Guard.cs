using System.ComponentModel;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Packaging;
using MLNetPerson.Streaming;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Bundles;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Downloads;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Training.Retraining.Sizes;
using MLNetPerson.Tuning.Natives;

namespace MLNetPerson.Cli.Terminal;

/// <summary>Turns exceptions into a sentence and an exit code. No path ends in 0 after an error.</summary>
internal static class Guard
{
    public static async Task<int> RunAsync(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Interrupted. What was finished is kept: the same command goes on from there.");
            return ExitCodes.Interrupted;
        }
        catch (Exception exception) when (exception is ExportException or BudgetException)
        {
            await Console.Error.WriteLineAsync($"refused: {exception.Message}");
            return ExitCodes.Refused;
        }
        catch (Exception exception)
            when (exception
                    is ImageException
                        or OnnxModelException
                        or PackageException
                        or BackboneException
                        or BundleException
                        or DatasetException
                        or DetectionException
                        or DownloadException
                        or FeatureException
                        or HeadException
                        or OnnxGraphException
                        or QuantizationException
                        or RecipeException
                        or StreamException
                        or TuningException
                        or IOException
                        or UnauthorizedAccessException
                        or DllNotFoundException
            )
        {
            await Console.Error.WriteLineAsync($"error: {exception.Message}");
            return ExitCodes.BadInput;
        }
        catch (Exception exception) when (Foreseeable(exception) is { } sentence)
        {
            await Console.Error.WriteLineAsync($"error: {sentence}");
            return ExitCodes.BadInput;
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync(
                $"error: this should not have happened, please report it with the lines below.\n{exception}"
            );
            return ExitCodes.BadInput;
        }
    }

    /// <summary>Ends the process for an exception on a thread of its own, or one that could not be written because nobody reads
    /// standard error.</summary>
    public static void End(object exception)
    {
        try
        {
            Console.Error.WriteLine(
                exception is Exception known && (known is IOException || Foreseeable(known) is not null)
                    ? $"error: {Foreseeable(known) ?? known.Message}"
                    : $"error: this should not have happened, please report it with the lines below.\n{exception}"
            );
        }
        catch (Exception silent) when (silent is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // Nobody reads it; the exit code says it.
        }

        Environment.Exit(ExitCodes.BadInput);
    }

    /// <summary>What files, machines and options can cause below our own code, as one sentence; null for a slip of ours.</summary>
    private static string? Foreseeable(Exception exception) =>
        exception switch
        {
            AggregateException { InnerExceptions: [var one, ..] } => Known(one),
            TypeInitializationException { InnerException: { } inner } => Known(inner),
            TargetInvocationException { InnerException: { } inner } => Known(inner),
            _ => Known(exception),
        };

    private static string? Known(Exception exception) =>
        exception is OutOfMemoryException ? "There is not enough memory. Use fewer or smaller pictures, or another machine."
        : exception
            is IOException
                or UnauthorizedAccessException
                or InvalidDataException
                or DllNotFoundException
                or BadImageFormatException
                or PlatformNotSupportedException
                or HttpRequestException
                or SocketException
                or TimeoutException
                or Win32Exception
                or JsonException
                or ArgumentException { ParamName: not null }
            ? exception.Message.ReplaceLineEndings(" ")
        : exception.GetType().Namespace?.StartsWith("MLNetPerson", StringComparison.Ordinal) == true ? exception.Message
        : null;
}
