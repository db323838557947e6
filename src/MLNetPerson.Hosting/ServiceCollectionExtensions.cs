using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MLNetPerson.Serving;

namespace MLNetPerson.Hosting;

/// <summary>The classifier for ASP.NET and other hosts.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>What a health check is called where nothing else is said.</summary>
    public const string HealthCheckName = "person";

    /// <summary>
    /// Adds one <see cref="IPersonClassifier"/> that all callers share (as <see cref="ServedClassifier"/> too), and a health check. Options
    /// are checked and the package is loaded when the host starts: a host that cannot answer does not start.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="package">The folder of the package.</param>
    public static IServiceCollection AddPersonClassifier(this IServiceCollection services, string package) =>
        services.AddPersonClassifier(options => options.Package = package);

    /// <inheritdoc cref="AddPersonClassifier(IServiceCollection, string)"/>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The section with the properties of <see cref="ServingOptions"/>.</param>
    public static IServiceCollection AddPersonClassifier(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ServingOptions>(Options.DefaultName).Bind(configuration, binder => binder.ErrorOnUnknownConfiguration = true);
        return services.AddPersonClassifier(_ => { });
    }

    /// <inheritdoc cref="AddPersonClassifier(IServiceCollection, string)"/>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Says which package, and how it is served.</param>
    public static IServiceCollection AddPersonClassifier(this IServiceCollection services, Action<ServingOptions> configure)
    {
        AddOptions(services, Options.DefaultName, configure);
        services.TryAddSingleton(provider => Make(provider, Options.DefaultName));
        services.TryAddSingleton<IPersonClassifier>(provider => provider.GetRequiredService<ServedClassifier>());
        AddHealthCheck(services, HealthCheckName, provider => provider.GetRequiredService<ServedClassifier>());
        return services.AddSingleton<IHostedService>(provider => new PackageLoader(() => provider.GetRequiredService<ServedClassifier>()));
    }

    /// <summary>Adds a package beside others, asked for by its name:
    /// <c>[FromKeyedServices("doors")] IPersonClassifier classifier</c>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The key of the service; also in its metrics, and in its health check's name.</param>
    /// <param name="configure">Says which package, and how it is served.</param>
    public static IServiceCollection AddKeyedPersonClassifier(
        this IServiceCollection services,
        string name,
        Action<ServingOptions> configure
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        AddOptions(services, name, configure);
        services.AddKeyedSingleton(name, (provider, _) => Make(provider, name));
        services.AddKeyedSingleton<IPersonClassifier>(name, (provider, _) => provider.GetRequiredKeyedService<ServedClassifier>(name));
        AddHealthCheck(services, $"{HealthCheckName}-{name}", provider => provider.GetRequiredKeyedService<ServedClassifier>(name));
        return services.AddSingleton<IHostedService>(provider => new PackageLoader(() =>
            provider.GetRequiredKeyedService<ServedClassifier>(name)
        ));
    }

    private static void AddOptions(IServiceCollection services, string name, Action<ServingOptions> configure)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ServingOptions>, ServingOptionsValidator>());
        services.AddOptions<ServingOptions>(name).Configure(configure).ValidateOnStart();
    }

    private static void AddHealthCheck(IServiceCollection services, string name, Func<IServiceProvider, ServedClassifier> find) =>
        services
            .AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    name,
                    provider => new PersonHealthCheck(find(provider), provider.GetRequiredService<IOptions<PersonHealthOptions>>().Value),
                    failureStatus: null,
                    tags: ["ready"]
                )
            );

    private static ServedClassifier Make(IServiceProvider provider, string name)
    {
        var options = provider.GetRequiredService<IOptionsMonitor<ServingOptions>>().Get(name);
        var classifier = new ServedClassifier(options, provider.GetService<IMeterFactory>(), name);
        ServingLog.Follow(classifier, provider.GetService<ILogger<ServedClassifier>>() ?? NullLogger<ServedClassifier>.Instance);
        return classifier;
    }
}
