using System.Runtime.InteropServices;

namespace MLNetPerson.Cli.Verbs;

/// <summary>The first Ctrl+C stops a tuning, whose best weights so far become the package; the second one ends the program's
/// work.</summary>
internal sealed class TuneSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly PosixSignalRegistration[] _registrations;

    public TuneSignals() =>
        _registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];

    public CancellationToken Stop => _stop.Token;

    public CancellationToken Cancellation => _cancellation.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
        _cancellation.Dispose();
    }

    private void Handle(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (_stop.IsCancellationRequested)
        {
            _cancellation.Cancel();
            return;
        }

        Console.Error.WriteLine("Stopping after this step; the best weights so far become the package. Once more ends without one.");
        _stop.Cancel();
    }
}
