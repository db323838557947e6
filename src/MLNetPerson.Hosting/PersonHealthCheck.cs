using Microsoft.Extensions.Diagnostics.HealthChecks;
using MLNetPerson.Inference;
using MLNetPerson.Serving;

namespace MLNetPerson.Hosting;

/// <summary>
/// Asks about one grey pixel, as any caller would. Unhealthy: there is no answer. Degraded: there is, but the queue is full, or a package
/// on disk was refused, or is gone, and the one before answers.
/// </summary>
internal sealed class PersonHealthCheck(ServedClassifier classifier, PersonHealthOptions options) : IHealthCheck
{
    private static readonly byte[] GreyPixel = [128, 128, 128];

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Timeout);
        try
        {
            await classifier.PredictAsync(GreyPixel, 1, 1, patience.Token).ConfigureAwait(false);
        }
        catch (PersonBusyException exception)
        {
            return HealthCheckResult.Degraded(exception.Message, null, Data(classifier.Status));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(
                context.Registration.FailureStatus,
                $"No answer within {options.Timeout.TotalSeconds:0.###} s.",
                null,
                Data(classifier.Status)
            );
        }
        catch (Exception exception) when (exception is OnnxModelException or ObjectDisposedException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception.Message, exception);
        }

        var status = classifier.Status;
        return status.LastChange.Kind is ServedChangeKind.Refused or ServedChangeKind.Missing
            ? HealthCheckResult.Degraded(
                $"'{status.Folder}': {status.LastChange.Reason} The package from before goes on answering.",
                null,
                Data(status)
            )
            : HealthCheckResult.Healthy($"{status.Package} answers.", Data(status));
    }

    private static Dictionary<string, object> Data(ServingStatus status) =>
        new()
        {
            ["package"] = status.Package,
            ["folder"] = status.Folder,
            ["manifestSha256"] = status.Stamp,
            ["encoding"] = status.Choice.Encoding.Name,
            ["batch"] = status.Batch.Size,
            ["waiting"] = status.Waiting,
        };
}
