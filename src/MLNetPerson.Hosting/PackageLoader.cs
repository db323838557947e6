using Microsoft.Extensions.Hosting;
using MLNetPerson.Serving;

namespace MLNetPerson.Hosting;

/// <summary>Loads a package while the host starts: what is wrong with it is told then, and the first caller does not wait.</summary>
internal sealed class PackageLoader(Func<ServedClassifier> load) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.Run(load, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
