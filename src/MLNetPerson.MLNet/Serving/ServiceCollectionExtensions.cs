using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MLNetPerson.MLNet.Serving;

/// <summary>The pool for ASP.NET and other hosts.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="PersonPredictionEnginePool"/> with one model, which is watched and swapped when it changes.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="path">A zip that <c>mlContext.Model.Save</c> wrote, or the folder of a package.</param>
    public static IServiceCollection AddPersonPredictionEnginePool(this IServiceCollection services, string path) =>
        services.AddPersonPredictionEnginePool(options => options.FromPath(path));

    /// <summary>Adds a <see cref="PersonPredictionEnginePool"/>. Models are loaded when it is first asked for.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Names models and how to watch them.</param>
    public static IServiceCollection AddPersonPredictionEnginePool(
        this IServiceCollection services,
        Action<PersonEnginePoolOptions> configure
    )
    {
        services.AddLogging();
        services.AddOptions<PersonEnginePoolOptions>().Configure(configure);
        return services.AddSingleton(provider => new PersonPredictionEnginePool(
            provider.GetRequiredService<IOptions<PersonEnginePoolOptions>>().Value,
            provider.GetService<ILogger<PersonPredictionEnginePool>>()
        ));
    }
}
