using Microsoft.Extensions.Logging;
using MLNetPerson.Serving;

namespace MLNetPerson.Hosting;

/// <summary>What the host's log is told.</summary>
internal static partial class ServingLog
{
    public static void Follow(ServedClassifier classifier, ILogger logger)
    {
        var status = classifier.Status;
        Loaded(logger, status.Package, status.Folder, status.Choice.Encoding.Name, status.Choice.Reason, status.Batch.Size);
        classifier.Changed += (_, change) =>
        {
            var now = classifier.Status;
            if (change.Kind == ServedChangeKind.TakenUp)
            {
                Loaded(logger, now.Package, now.Folder, now.Choice.Encoding.Name, now.Choice.Reason, now.Batch.Size);
            }
            else
            {
                Refused(logger, now.Folder, change.Reason);
            }
        };
    }

    [LoggerMessage(
        1,
        LogLevel.Information,
        "Package {Package} from '{Folder}' answers, encoding {Encoding} ({Reason}), up to {Batch} pictures a run."
    )]
    private static partial void Loaded(ILogger logger, string package, string folder, string encoding, string reason, int batch);

    [LoggerMessage(2, LogLevel.Error, "The package in '{Folder}' cannot be taken up; the one from before goes on answering. {Reason}")]
    private static partial void Refused(ILogger logger, string folder, string reason);
}
