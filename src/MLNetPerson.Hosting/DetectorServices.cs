using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MLNetPerson.Serving;

namespace MLNetPerson.Hosting;

/// <summary>The detector for ASP.NET and other hosts.</summary>
public static class DetectorServices
{
    /// <summary>
    /// Adds one <see cref="IPersonDetector"/> that all callers share (as <see cref="ServedDetector"/> too). Options are checked and the
    /// package is loaded when the host starts: a host that cannot answer does not start.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="package">The folder of the detector's package.</param>
    public static IServiceCollection AddPersonDetector(this IServiceCollection services, string package) =>
        services.AddPersonDetector(options => options.Package = package);

    /// <inheritdoc cref="AddPersonDetector(IServiceCollection, string)"/>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The section with the properties of <see cref="DetectorServingOptions"/>.</param>
    public static IServiceCollection AddPersonDetector(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<DetectorServingOptions>(Options.DefaultName)
            .Bind(configuration, binder => binder.ErrorOnUnknownConfiguration = true);
        return services.AddPersonDetector(_ => { });
    }

    /// <inheritdoc cref="AddPersonDetector(IServiceCollection, string)"/>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Says which package, and how it is served.</param>
    public static IServiceCollection AddPersonDetector(this IServiceCollection services, Action<DetectorServingOptions> configure)
    {
        services.AddOptions<DetectorServingOptions>(Options.DefaultName).Configure(configure);
        services.TryAddSingleton(provider => new ServedDetector(provider.GetRequiredService<IOptions<DetectorServingOptions>>().Value));
        services.TryAddSingleton<IPersonDetector>(provider => provider.GetRequiredService<ServedDetector>());
        return services.AddSingleton<IHostedService>(provider => new DetectorLoader(provider.GetRequiredService<ServedDetector>));
    }

    /// <summary>Loads the package while the host starts.</summary>
    private sealed class DetectorLoader(Func<ServedDetector> load) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.Run(load, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
